namespace Fer.Pipeline.Engine;

/// <summary>
/// The weight gradient of a convolution: for each tap and each tile of six input channels, outer products of input and output gradient are
/// summed over all pixels. Input and gradient are packed first, so that the inner loop reads both contiguously. Each thread sums its own
/// images; the sums are added in thread order.
/// </summary>
internal sealed unsafe class ConvolutionWeightGradient<V> where V : struct, ISimd<V>
{
    /// <summary>Pixels of the gradient processed per block, so that they stay in the L1 cache.</summary>
    private const int PixelsPerBlock = 240;

    /// <summary>Bytes of packed images a thread holds at a time: several images share one pass over the sums.</summary>
    private const long ImageBytes = 2 << 20;

    private readonly Shape _input, _output;
    private readonly Window _window;
    private readonly int _groups, _channels, _columns;
    private readonly bool _gathered, _packsOutputGrid;
    private readonly int _taps, _tiles, _height, _width;

    /// <param name="input">Shape of the input; a batch of single pixels may be given as one line.</param>
    /// <param name="output">Shape of the output.</param>
    /// <param name="window">Kernel, stride and padding.</param>
    /// <param name="groups">Groups.</param>
    internal ConvolutionWeightGradient(Shape input, Shape output, Window window, int groups)
    {
        _input = input;
        _output = output;
        _window = window;
        _groups = groups;
        _channels = input.Channels / groups;
        _columns = output.Channels / groups;
        int taps = window.KernelHeight * window.KernelWidth;
        // If there are fewer channels than a tile has rows, taps and channels fill the rows together.
        _gathered = _channels < Rows && taps > 1;
        _taps = _gathered ? 1 : taps;
        _tiles = ((_gathered ? taps * _channels : _channels) + Rows - 1) / Rows;
        // For a 1x1 kernel, pixels that no output uses need no packing.
        _packsOutputGrid = _gathered || taps == 1;
        _height = _packsOutputGrid ? output.Height : input.Height + window.PadTop + window.PadBottom;
        _width = _packsOutputGrid ? output.Width : input.Width + window.PadLeft + window.PadRight;
        ImagesAtOnce = (int)Math.Max(1, ImageBytes / (PackedImage * sizeof(float)));
    }

    private static int Rows => ConvolutionTile<V>.Rows;
    private static int Columns => ConvolutionTile<V>.Columns;
    private int Blocks => (_columns + Columns - 1) / Columns;
    private long PackedImage => (long)_tiles * _height * _width * Rows;
    private int LinesPerBlock => Math.Max(1, PixelsPerBlock / _output.Width);
    private int ImagesAtOnce { get; }

    /// <summary>Floats of one thread's sums.</summary>
    internal long SumLength => (long)_groups * Blocks * _taps * _tiles * Rows * Columns;

    /// <summary>Floats of scratch for <see cref="Add(float*, float*, int, int, float*, float*)"/>.</summary>
    internal long ScratchLength(int batchSize) =>
        PackedImage * Math.Min(ImagesAtOnce, batchSize) + (long)LinesPerBlock * _output.Width * Columns;

    internal void Clear(float* sums) => new Span<float>(sums, checked((int)SumLength)).Clear();

    /// <summary>Accumulates images [first, last).</summary>
    internal void Add(float* input, float* outputGradient, int first, int last, float* sums, float* scratch)
    {
        int atOnce = Math.Min(ImagesAtOnce, Math.Max(1, last - first));
        float* images = scratch, gradients = scratch + PackedImage * atOnce;
        for (int group = 0; group < _groups; group++)
            for (int start = first; start < last; start += atOnce)
            {
                int n = Math.Min(atOnce, last - start);
                for (int i = 0; i < n; i++) Pack(input + (long)(start + i) * _input.Length + group * _channels, images + i * PackedImage);
                for (int block = 0; block < Blocks; block++)
                    for (int i = 0; i < n; i++)
                        Add(images + i * PackedImage, outputGradient + (long)(start + i) * _output.Length + group * _columns, block,
                            sums + (long)(group * Blocks + block) * _taps * _tiles * Rows * Columns, gradients);
            }
    }

    private void Add(float* image, float* outputGradient, int block, float* sums, float* gradients)
    {
        int used = Math.Min(Columns, _columns - block * Columns);
        nint step = Rows * (_packsOutputGrid ? 1 : _window.StrideWidth),
            line = (nint)Rows * _width * (_packsOutputGrid ? 1 : _window.StrideHeight);
        for (int top = 0; top < _output.Height; top += LinesPerBlock)
        {
            int lines = Math.Min(LinesPerBlock, _output.Height - top);
            float* source = outputGradient + (long)top * _output.Width * _output.Channels + block * Columns;
            for (int pixel = 0; pixel < lines * _output.Width; pixel++, source += _output.Channels)
            {
                float* target = gradients + pixel * Columns;
                if (used == Columns)
                {
                    V.Store(target, V.Load(source));
                    V.Store(target + V.Width, V.Load(source + V.Width));
                }
                else
                {
                    for (int column = 0; column < Columns; column++) target[column] = column < used ? source[column] : 0f;
                }
            }
            for (int tap = 0; tap < _taps; tap++)
            {
                int ky = _gathered ? 0 : tap / _window.KernelWidth, kx = _gathered ? 0 : tap % _window.KernelWidth;
                float* left = image + ((long)ky * _window.DilationHeight * _width + kx * _window.DilationWidth) * Rows + top * line;
                float* sum = sums + (long)tap * _tiles * Rows * Columns;
                for (int tile = 0; tile < _tiles; tile++, sum += Rows * Columns)
                    ConvolutionTile<V>.OuterProducts(left + (long)tile * _height * _width * Rows, step, line, gradients, lines,
                        _output.Width, sum, Columns, sum);
            }
        }
    }

    /// <summary>Packs one image as [tile, height, width, 6], with zeros outside the image and beyond its channels.</summary>
    private void Pack(float* image, float* packed)
    {
        if (_gathered)
        {
            PackGathered(image, packed);
            return;
        }
        int stride = _input.Channels, stepRow = _packsOutputGrid ? _window.StrideHeight : 1, stepColumn = _packsOutputGrid
            ? _window.StrideWidth : 1;
        int left = (_window.PadLeft + stepColumn - 1) / stepColumn,
            right = Math.Min(_width, (_input.Width - 1 + _window.PadLeft) / stepColumn + 1);
        for (int tile = 0; tile < _tiles; tile++)
        {
            int channel = tile * Rows, used = Math.Min(Rows, _channels - channel);
            float* plane = packed + (long)tile * _height * _width * Rows;
            for (int y = 0; y < _height; y++)
            {
                float* target = plane + (long)y * _width * Rows;
                int row = y * stepRow - _window.PadTop;
                if ((uint)row >= _input.Height || right <= left)
                {
                    new Span<float>(target, _width * Rows).Clear();
                    continue;
                }
                new Span<float>(target, left * Rows).Clear();
                target += left * Rows;
                float* source = image + ((long)row * _input.Width + left * stepColumn - _window.PadLeft) * stride + channel;
                for (int x = left; x < right; x++, source += stepColumn * stride, target += Rows)
                {
                    if (used == Rows)
                    {
                        // Six floats as three pairs.
                        *(long*)target = *(long*)source;
                        *(long*)(target + 2) = *(long*)(source + 2);
                        *(long*)(target + 4) = *(long*)(source + 4);
                    }
                    else
                    {
                        for (int c = 0; c < Rows; c++) target[c] = c < used ? source[c] : 0f;
                    }
                }
                new Span<float>(target, (_width - right) * Rows).Clear();
            }
        }
    }

    /// <summary>Packs one image as [tile, output height, output width, 6], where the rows of the tiles are taps times channels.</summary>
    private void PackGathered(float* image, float* packed)
    {
        int rows = _window.KernelHeight * _window.KernelWidth * _channels;
        for (int tile = 0; tile < _tiles; tile++)
            for (int r = 0; r < Rows; r++)
            {
                int row = tile * Rows + r, tap = row / _channels, channel = row % _channels;
                float* target = packed + (long)tile * _height * _width * Rows + r;
                int ky = tap / _window.KernelWidth * _window.DilationHeight - _window.PadTop,
                    kx = tap % _window.KernelWidth * _window.DilationWidth - _window.PadLeft;
                for (int oy = 0; oy < _output.Height; oy++)
                    for (int ox = 0; ox < _output.Width; ox++, target += Rows)
                    {
                        int y = oy * _window.StrideHeight + ky, x = ox * _window.StrideWidth + kx;
                        bool inside = row < rows && (uint)y < _input.Height && (uint)x < _input.Width;
                        *target = inside ? image[((long)y * _input.Width + x) * _input.Channels + channel] : 0f;
                    }
            }
    }

    /// <summary>
    /// Adds the threads' sums, which start <paramref name="offset"/> floats into each thread's scratch, in thread order and writes the
    /// gradient [outputs, inputs / groups, taps].
    /// </summary>
    internal void Reduce(byte*[] sums, nint offset, Span<float> gradient, Share share)
    {
        var (first, last) = share.Of(_groups * Blocks);
        int taps = _window.KernelHeight * _window.KernelWidth;
        for (int unit = first; unit < last; unit++)
        {
            int group = unit / Blocks, block = unit % Blocks, used = Math.Min(Columns, _columns - block * Columns);
            for (int tap = 0; tap < taps; tap++)
                for (int channel = 0; channel < _channels; channel++)
                {
                    int row = _gathered ? tap * _channels + channel : channel;
                    long place = (((long)unit * _taps + (_gathered ? 0 : tap)) * _tiles + row / Rows) * Rows * Columns +
                        row % Rows * Columns;
                    int target = ((group * _columns + block * Columns) * _channels + channel) * taps + tap;
                    for (int column = 0; column < used; column++, target += _channels * taps)
                    {
                        float sum = 0;
                        foreach (byte* part in sums) sum += ((float*)part)[offset + place + column];
                        gradient[target] = sum;
                    }
                }
        }
    }
}
