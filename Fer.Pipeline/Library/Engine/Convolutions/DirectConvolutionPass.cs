namespace Fer.Pipeline.Engine;

/// <summary>
/// A convolution summed tap by tap, for any shape, stride and number of groups: one <see cref="TapConvolution{V}"/> per phase. Work is
/// split by image, band of pixels, group and block of output channels, so that even a single face keeps all threads busy.
/// </summary>
internal sealed unsafe class DirectConvolutionPass<V> : ConvolutionPass where V : struct, ISimd<V>
{
    /// <summary>
    /// Minimum number of pixels in a thread's band of an image, or of a batch treated as one line; splitting further does not pay off.
    /// </summary>
    private const int LeastBand = 192;

    /// <summary>
    /// Bytes of weights that stay in the L2 cache while an image is processed in bands, all columns of one band before the next.
    /// </summary>
    private const long KeptWeights = 256 * 1024;

    /// <summary>Bytes that such a band reads and writes, so that they stay in the cache as well.</summary>
    private const int BandBytes = 160 * 1024;

    private readonly Shape _output;
    private readonly PaddedImage _image;
    private readonly TapConvolution<V>[] _phases;
    private readonly int _groups, _rows, _columns, _lineOf, _pixelsInBand;
    private readonly nint _rowStride, _columnStride;
    private readonly long _groupLength;

    /// <param name="input">Shape of the input.</param>
    /// <param name="output">Shape of the output.</param>
    /// <param name="phases">What each phase reads and writes.</param>
    /// <param name="groups">Groups.</param>
    /// <param name="rowStride">Stride in floats between successive summed channels in the weights.</param>
    /// <param name="columnStride">Stride in floats between successive result channels in the weights.</param>
    /// <param name="lineOf">Number of examples treated as one line of pixels, that is as a single image, or 0 if each is an image of its
    /// own.</param>
    internal DirectConvolutionPass(Shape input, Shape output, ConvolutionPhases.Phase[] phases, int groups, nint rowStride,
        nint columnStride, int lineOf)
    {
        _output = output;
        _groups = groups;
        _rows = input.Channels / groups;
        _columns = output.Channels / groups;
        _rowStride = rowStride;
        _columnStride = columnStride;
        _lineOf = lineOf;
        _image = new PaddedImage(input, phases[0].Padding);
        _phases = [.. phases.Select(phase => new TapConvolution<V>(
            [.. phase.Pixels.Select(p => _image.Offset(p.Row, p.Column))],
            [.. phase.Results.Select(p => ((nint)p.Row * output.Width + p.Column) * output.Channels)],
            [.. phase.Taps.Select(t => (_image.Offset(t.Row, t.Column), t.Weight))],
            _rows, _columns))];
        _groupLength = _phases.Sum(p => p.PackedLength);
        long bytes = sizeof(float) * ((long)input.Length + output.Length) / Math.Max(1, output.Area);
        _pixelsInBand = (int)Math.Max(LeastBand / 2, BandBytes / bytes);
    }

    internal override string Name => "direct";

    internal override long PackedLength => _groups * _groupLength;

    internal override long ScratchLength => TapConvolution<V>.ScratchLength + _image.Length;

    internal override void Pack(float* weights, float* packed, Share share)
    {
        // A group's weights are those of its outputs, whichever side the outputs are on here.
        long groupWeights = (long)_columns * _rows * Math.Min(_rowStride, _columnStride);
        for (int group = 0; group < _groups; group++)
            foreach (var phase in _phases)
            {
                var (first, last) = share.Of(phase.Blocks);
                phase.Pack(weights + group * groupWeights, _rowStride, _columnStride, packed, first, last);
                packed += phase.PackedLength;
            }
    }

    internal override void Run(in ConvolutionCall call, float* scratch, Share share)
    {
        float* padded = scratch + TapConvolution<V>.ScratchLength;
        _image.Clear(padded);
        // A batch treated as one line is a single image.
        int images = _lineOf > 0 ? 1 : call.Count, pixelsInLine = _lineOf > 0 ? _output.Width / _lineOf * call.Count : 0;
        int pixelsInImage = _lineOf > 0 ? pixelsInLine : _output.Area;
        int bands = images >= share.Parts ? 1 : Math.Clamp(pixelsInImage / LeastBand, 1, share.Parts);
        if (PackedLength * sizeof(float) <= KeptWeights) bands = Math.Max(bands, pixelsInImage / _pixelsInBand);
        int blocks = _phases[0].Blocks, loaded = -1;
        // In 64 bits: images, bands, groups and blocks together leave 32.
        long perBand = (long)_groups * blocks;
        var (first, last) = share.Of(images * bands * perBand);
        for (long unit = first; unit < last; unit++)
        {
            int image = (int)(unit / perBand / bands), group = (int)(unit % perBand / blocks), block = (int)(unit % blocks);
            var band = new Share((int)(unit / perBand % bands), bands);
            float* source = _image.Load(call.Input, image, padded, ref loaded);
            float* packed = call.Packed + group * _groupLength;
            foreach (var phase in _phases)
            {
                // Pixels that no tap reaches add nothing.
                if (call.Accumulate && phase.HasNoTaps) continue;
                int pixels = _lineOf > 0 ? pixelsInLine : phase.PixelCount;
                var (firstTile, lastTile) = band.Of((pixels + ConvolutionTile<V>.Rows - 1) / ConvolutionTile<V>.Rows);
                phase.Run(source + group * _rows, packed, block, call.Bias == null ? null : call.Bias + group * _columns,
                    call.Output + (long)image * _output.Length + group * _columns, call.Accumulate, call.Rectify, scratch,
                    firstTile * ConvolutionTile<V>.Rows, Math.Min(pixels, lastTile * ConvolutionTile<V>.Rows));
                packed += phase.PackedLength;
            }
        }
    }
}
