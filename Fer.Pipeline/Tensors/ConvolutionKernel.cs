namespace Fer.Pipeline.Tensors;

/// <summary>
/// The plan of a convolution or linear layer: the forward pass and the gradient towards the input as <see cref="TapConvolution{V}"/>, the gradient
/// towards the weights as <see cref="ConvolutionWeightGradient{V}"/>, or all three by <see cref="Winograd{V}"/> where shapes and batch size make that
/// the cheaper way. Work is split by image and block of output channels, so a single face keeps all threads busy too.
/// </summary>
internal sealed unsafe class ConvolutionKernel<V> : Kernel where V : struct, ISimd<V>
{
    /// <summary>Pixels an image up to which a pointwise layer takes the whole batch as one image: small images would leave tiles half empty.</summary>
    private const int SmallImage = 256;

    private readonly Parameter _weight;
    private readonly Parameter? _bias;
    private readonly int _groups;
    private readonly bool _batched;
    private readonly Side _forward, _backward;
    private readonly ConvolutionWeightGradient<V> _weightGradient;
    private readonly WinogradConvolution<V>? _winogradForward, _winogradBackward;
    private readonly WinogradWeightGradient<V>? _winogradWeightGradient;

    internal ConvolutionKernel(Parameter weight, Parameter? bias, Window window, int groups, KernelSetup setup) : base(setup)
    {
        _weight = weight;
        _bias = bias;
        _groups = groups;
        var (input, output) = (InputShape, OutputShape);
        _batched = window == Window.Square(1) && input.Area <= SmallImage;
        if (_batched)
        {
            input = new Shape(input.Channels, 1, setup.BatchSize * input.Area);
            output = new Shape(output.Channels, 1, input.Width);
        }
        int inputs = input.Channels / groups, outputs = output.Channels / groups, taps = window.KernelHeight * window.KernelWidth;
        _forward = new Side(input, output, [ConvolutionPhases.Forward(input, output, window)], inputs, outputs, taps, (nint)inputs * taps);
        _backward = new Side(output, input, ConvolutionPhases.Backward(input, output, window), outputs, inputs, (nint)inputs * taps, taps);
        // A thread's part of a batched layer is a run of single pixels, cut short where the batch is.
        _weightGradient = _batched
            ? new ConvolutionWeightGradient<V>(input with { Width = PixelRun }, output with { Width = PixelRun }, window, groups)
            : new ConvolutionWeightGradient<V>(input, output, window, groups);
        if (!Pool.AllowsWinograd) return;
        const int reach = 2;
        if (WinogradTiles<V>.Suits(input, output, window, groups, setup.BatchSize, Pool.Threads)) _winogradForward = new(input, output, window.PadTop, window.PadLeft);
        if (WinogradTiles<V>.Suits(output, input, window, groups, setup.BatchSize, Pool.Threads) && Math.Max(window.PadTop, window.PadLeft) <= reach)
            _winogradBackward = new(output, input, reach - window.PadTop, reach - window.PadLeft);
        if (_winogradForward is not null && WinogradWeightGradient<V>.Suits(output, setup.BatchSize, Pool.Threads))
            _winogradWeightGradient = new(input, output, window.PadTop, window.PadLeft);
    }

    /// <summary>Pixels that the weights' gradient of a batched layer takes at a time.</summary>
    private static int PixelRun => 48;

    private int Images => _batched ? 1 : Count;

    private int Pixels(TapConvolution<V> phase) => _batched ? phase.PixelCount / Setup.BatchSize * Count : phase.PixelCount;

    internal override long SharedScratchBytes => sizeof(float) * Math.Max(
        _winogradForward?.PackedLength ?? _groups * _forward.PackedLength,
        IsTraining ? _winogradBackward?.PackedLength ?? _groups * _backward.PackedLength : 0);

    internal override long ThreadScratchBytes => sizeof(float) * Math.Max(
        _winogradForward?.ScratchLength ?? TapScratch(_forward),
        IsTraining ? Math.Max(_winogradBackward?.ScratchLength ?? TapScratch(_backward), WeightGradientScratch) : 0);

    private long WeightGradientScratch => BiasLength + (_winogradWeightGradient is { } winograd
        ? winograd.SumLength + winograd.ScratchLength
        : TailLength + _weightGradient.SumLength + _weightGradient.ScratchLength(Setup.BatchSize * (_batched ? InputShape.Area : 1)));

    private static long TapScratch(Side side) => TapConvolution<V>.ScratchLength + side.PaddedLength;

    private int BiasLength => (OutputShape.Channels + 15) / 16 * 16;

    /// <summary>A batched layer's last run of pixels is copied, filled up with zeros.</summary>
    private int TailLength => _batched ? PixelRun * (InputShape.Channels + OutputShape.Channels) : 0;

    protected override void Forward()
    {
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).PackForward(thread));
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).ConvolveForward(thread));
    }

    internal override void Backward()
    {
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).SumWeightGradient(thread));
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).ReduceWeightGradient(thread));
        if (InputGradients[0] == null) return;
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).PackBackward(thread));
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).ConvolveBackward(thread));
    }

    private void PackForward(int thread)
    {
        if (_winogradForward is { } winograd) Pack(winograd, _forward, turned: false, thread);
        else Pack(_forward, thread);
    }

    private void PackBackward(int thread)
    {
        if (_winogradBackward is { } winograd) Pack(winograd, _backward, turned: true, thread);
        else Pack(_backward, thread);
    }

    private void ConvolveForward(int thread)
    {
        if (_winogradForward is { } winograd) Convolve(winograd, Inputs[0], Output, withBias: true, accumulate: false, thread);
        else Convolve(_forward, Inputs[0], Output, withBias: true, accumulate: false, thread);
    }

    private void ConvolveBackward(int thread)
    {
        if (_winogradBackward is { } winograd) Convolve(winograd, OutputGradient, InputGradients[0], withBias: false, Accumulate[0], thread);
        else Convolve(_backward, OutputGradient, InputGradients[0], withBias: false, Accumulate[0], thread);
    }

    private void Pack(WinogradConvolution<V> winograd, Side side, bool turned, int thread)
    {
        var (first, last) = Pool.Part(winograd.Blocks, thread);
        fixed (float* weights = _weight.Values) winograd.Pack(weights, side.RowStride, side.ColumnStride, turned, (float*)SharedScratch, first, last);
    }

    private void Convolve(WinogradConvolution<V> winograd, float* input, float* output, bool withBias, bool accumulate, int thread)
    {
        var (first, last) = Pool.Part(Count * winograd.TilesPerImage, thread);
        fixed (float* bias = withBias && _bias is not null ? _bias.Values : [])
            winograd.Run(input, (float*)SharedScratch, bias, output, accumulate, (float*)ThreadScratch[thread], first, last);
    }

    private void Pack(Side side, int thread)
    {
        float* packed = (float*)SharedScratch;
        fixed (float* weights = _weight.Values)
            for (int group = 0; group < _groups; group++)
            {
                float* groupWeights = weights + (long)group * (_weight.Length / _groups);
                foreach (var phase in side.Phases)
                {
                    var (first, last) = Pool.Part(phase.Blocks, thread);
                    phase.Pack(groupWeights, side.RowStride, side.ColumnStride, packed, first, last);
                    packed += phase.PackedLength;
                }
            }
    }

    private void Convolve(Side side, float* input, float* output, bool withBias, bool accumulate, int thread)
    {
        float* scratch = (float*)ThreadScratch[thread], padded = scratch + TapConvolution<V>.ScratchLength;
        if (side.IsPadded) new Span<float>(padded, checked((int)side.PaddedLength)).Clear();
        int blocks = side.Phases[0].Blocks, perImage = _groups * blocks, loaded = -1;
        // Small batched layers have their pixels as units beside the blocks; others their images.
        int runs = _batched ? Math.Max(1, Math.Min(Pool.Threads, Pixels(side.Phases[0]) / (4 * PixelRun))) : Images;
        var (first, last) = Pool.Part(runs * perImage, thread);
        fixed (float* bias = withBias && _bias is not null ? _bias.Values : [])
            for (int unit = first; unit < last; unit++)
            {
                int run = unit / perImage, group = unit % perImage / blocks, block = unit % blocks, image = _batched ? 0 : run;
                float* source = input + (long)image * side.Input.Length;
                if (side.IsPadded)
                {
                    if (loaded != image) side.CopyPadded(source, padded);
                    loaded = image;
                    source = padded;
                }
                float* packed = (float*)SharedScratch + group * side.PackedLength;
                foreach (var phase in side.Phases)
                {
                    int pixels = Pixels(phase), from = 0, to = pixels;
                    if (_batched)
                    {
                        int tiles = (pixels + ConvolutionTile<V>.Rows - 1) / ConvolutionTile<V>.Rows;
                        from = tiles * run / runs * ConvolutionTile<V>.Rows;
                        to = Math.Min(pixels, tiles * (run + 1) / runs * ConvolutionTile<V>.Rows);
                    }
                    phase.Run(source + group * side.Rows, packed, block, bias == null ? null : bias + group * side.Columns,
                        output + (long)image * side.Output.Length + group * side.Columns, accumulate, scratch, from, to);
                    packed += phase.PackedLength;
                }
            }
    }

    /// <summary>A thread's part of the sums over images; the bias's stand before the weights'.</summary>
    private void SumWeightGradient(int thread)
    {
        float* bias = (float*)ThreadScratch[thread], sums = bias + BiasLength;
        long pixels = (long)Count * OutputShape.Area, firstPixel = pixels * thread / Pool.Threads, lastPixel = pixels * (thread + 1) / Pool.Threads;
        if (_bias is not null)
        {
            int channels = OutputShape.Channels;
            new Span<float>(bias, channels).Clear();
            for (long pixel = firstPixel; pixel < lastPixel; pixel++) Loops.AddTo<V>(bias, OutputGradient + pixel * channels, channels);
        }
        if (_winogradWeightGradient is { } winograd)
        {
            var (first, last) = Pool.Part(Count * winograd.TilesPerImage, thread);
            winograd.Sum(Inputs[0], OutputGradient, first, last, sums, sums + winograd.SumLength);
            return;
        }
        float* tail = sums + _weightGradient.SumLength, scratch = tail + TailLength;
        if (_batched)
        {
            int runs = (int)((pixels + PixelRun - 1) / PixelRun), whole = (int)(pixels / PixelRun);
            var (first, last) = Pool.Part(runs, thread);
            _weightGradient.Sum(Inputs[0], OutputGradient, first, Math.Min(last, whole), sums, scratch);
            if (last > whole) SumTail(whole, (int)(pixels - (long)whole * PixelRun), sums, tail, scratch);
        }
        else
        {
            var (first, last) = Pool.Part(Count, thread);
            _weightGradient.Sum(Inputs[0], OutputGradient, first, last, sums, scratch);
        }
    }

    private void SumTail(int whole, int pixels, float* sums, float* tail, float* scratch)
    {
        int inputs = InputShape.Channels, outputs = OutputShape.Channels;
        float* x = tail, dy = tail + PixelRun * inputs;
        new Span<float>(tail, TailLength).Clear();
        Loops.Copy(Inputs[0] + (long)whole * PixelRun * inputs, x, (long)pixels * inputs);
        Loops.Copy(OutputGradient + (long)whole * PixelRun * outputs, dy, (long)pixels * outputs);
        _weightGradient.Add(x, dy, 0, 1, sums, scratch);
    }

    private void ReduceWeightGradient(int thread)
    {
        // The sums stand behind the bias's: the parts are handed on from there.
        if (_winogradWeightGradient is { } winograd)
        {
            var (first, last) = Pool.Part(winograd.Units, thread);
            winograd.Reduce(ThreadScratch, BiasLength, _weight.Gradients, first, last);
        }
        else
        {
            var (first, last) = Pool.Part(_weightGradient.Units, thread);
            _weightGradient.Reduce(ThreadScratch, BiasLength, _weight.Gradients, first, last);
        }
        if (_bias is null || thread != 0) return;
        var gradient = _bias.Gradients;
        for (int channel = 0; channel < gradient.Length; channel++)
        {
            float sum = 0;
            foreach (byte* scratch in ThreadScratch) sum += ((float*)scratch)[channel];
            gradient[channel] = sum;
        }
    }

    /// <summary>One direction of the convolution: what is read, what is written, and the phases between.</summary>
    private sealed class Side
    {
        private readonly ConvolutionPhases.Padding _padding;

        internal Side(Shape input, Shape output, ConvolutionPhases.Phase[] phases, int rows, int columns, nint rowStride, nint columnStride)
        {
            Input = input;
            Output = output;
            Rows = rows;
            Columns = columns;
            RowStride = rowStride;
            ColumnStride = columnStride;
            _padding = phases[0].Padding;
            int width = input.Width + _padding.Left + _padding.Right;
            Phases = [.. phases.Select(phase => new TapConvolution<V>(
                [.. phase.Pixels.Select(p => (nint)(p.Row * width + p.Column) * input.Channels)],
                [.. phase.Results.Select(p => (nint)(p.Row * output.Width + p.Column) * output.Channels)],
                [.. phase.Taps.Select(t => ((nint)(t.Row * width + t.Column) * input.Channels, t.Weight))],
                rows, columns))];
            PackedLength = Phases.Sum(p => p.PackedLength);
        }

        internal Shape Input { get; }
        internal Shape Output { get; }
        internal int Rows { get; }
        internal int Columns { get; }
        /// <summary>Floats from one summed channel to the next in the weights.</summary>
        internal nint RowStride { get; }
        /// <summary>Floats from one channel made to the next in the weights.</summary>
        internal nint ColumnStride { get; }
        internal TapConvolution<V>[] Phases { get; }
        internal bool IsPadded => _padding != default;
        internal long PackedLength { get; }
        internal long PaddedLength => IsPadded
            ? (long)(Input.Height + _padding.Top + _padding.Bottom) * (Input.Width + _padding.Left + _padding.Right) * Input.Channels : 0;

        internal void CopyPadded(float* image, float* padded)
        {
            long line = (long)Input.Width * Input.Channels, step = (long)(Input.Width + _padding.Left + _padding.Right) * Input.Channels;
            padded += _padding.Top * step + (long)_padding.Left * Input.Channels;
            for (int row = 0; row < Input.Height; row++) Loops.Copy(image + row * line, padded + row * step, line);
        }
    }
}
