namespace Fer.Pipeline.Tensors;

/// <summary>A convolution with one input and one output channel a group, whole vectors of channels at a time; packed weights are [taps, channels].</summary>
internal sealed unsafe class DepthwiseConvolutionPass<V> : ConvolutionPass where V : struct, ISimd<V>
{
    private readonly Shape _input, _output;
    private readonly PaddedImage _image;
    private readonly (nint[] Pixels, nint[] Results, (nint Offset, int Weight)[] Taps)[] _phases;
    private readonly int _kernel;

    /// <param name="input">Shape read.</param>
    /// <param name="output">Shape written.</param>
    /// <param name="phases">What each phase reads and writes.</param>
    /// <param name="kernel">Places of the kernel.</param>
    internal DepthwiseConvolutionPass(Shape input, Shape output, ConvolutionPhases.Phase[] phases, int kernel)
    {
        _input = input;
        _output = output;
        _kernel = kernel;
        _image = new PaddedImage(input, phases[0].Padding);
        _phases = [.. phases.Select(phase => (
            phase.Pixels.Select(p => _image.Offset(p.Row, p.Column)).ToArray(),
            phase.Results.Select(p => (nint)(p.Row * output.Width + p.Column) * output.Channels).ToArray(),
            phase.Taps.Select(t => (_image.Offset(t.Row, t.Column), t.Weight)).ToArray()))];
    }

    internal override string Name => "depthwise";

    internal override long PackedLength => (long)_kernel * _input.Channels;

    internal override long ScratchLength => _image.Length;

    internal override void Pack(float* weights, float* packed, Share share)
    {
        var (first, last) = share.Of(_input.Channels);
        for (int channel = first; channel < last; channel++)
            for (int k = 0; k < _kernel; k++) packed[k * _input.Channels + channel] = weights[channel * _kernel + k];
    }

    internal override void Run(in ConvolutionCall call, float* scratch, Share share)
    {
        _image.Clear(scratch);
        int loaded = -1;
        // Images and halves of channels would split a single face too, but a depthwise layer is too little work to pay for it.
        var (first, last) = share.Of(call.Count);
        for (int image = first; image < last; image++)
        {
            float* source = _image.Load(call.Input, image, scratch, ref loaded), target = call.Output + (long)image * _output.Length;
            foreach (var (pixels, results, taps) in _phases)
                for (int p = 0; p < pixels.Length; p++)
                {
                    int c = 0;
                    for (; c <= _input.Channels - V.Width; c += V.Width) Pixel<V>(call, source + pixels[p], target + results[p], taps, c);
                    for (; c < _input.Channels; c++) Pixel<Simd1>(call, source + pixels[p], target + results[p], taps, c);
                }
        }
    }

    private void Pixel<W>(in ConvolutionCall call, float* source, float* target, (nint Offset, int Weight)[] taps, int c) where W : struct, ISimd<W>
    {
        W sum = call.Bias == null ? default : W.Load(call.Bias + c);
        foreach (var (offset, weight) in taps) sum = W.MultiplyAdd(W.Load(source + offset + c), W.Load(call.Packed + weight * _input.Channels + c), sum);
        if (call.Accumulate) sum = W.Add(sum, W.Load(target + c));
        W.Store(target + c, call.Rectify ? W.Max(sum, default) : sum);
    }
}

/// <summary>The gradient towards a depthwise convolution's weights; sums are [taps, channels].</summary>
internal sealed unsafe class DepthwiseWeightPass<V>(Shape input, Shape output, Window window) : ConvolutionWeightPass where V : struct, ISimd<V>
{
    private readonly PaddedImage _image = new(input, ConvolutionPhases.Forward(input, output, window).Padding);

    private int Kernel => window.KernelHeight * window.KernelWidth;

    internal override long SumLength => (long)Kernel * input.Channels;

    internal override long ScratchLength => _image.Length;

    internal override void Sum(float* x, float* outputGradient, int count, float* sums, float* scratch, Share share)
    {
        new Span<float>(sums, checked((int)SumLength)).Clear();
        _image.Clear(scratch);
        int loaded = -1;
        var (first, last) = share.Of(count);
        for (int image = first; image < last; image++)
        {
            float* source = _image.Load(x, image, scratch, ref loaded), gradient = outputGradient + (long)image * output.Length;
            for (int k = 0; k < Kernel; k++)
            {
                float* start = source + _image.Offset(k / window.KernelWidth * window.DilationHeight, k % window.KernelWidth * window.DilationWidth);
                int c = 0;
                for (; c <= input.Channels - V.Width; c += V.Width) Tap<V>(start, gradient, sums + k * input.Channels, c);
                for (; c < input.Channels; c++) Tap<Simd1>(start, gradient, sums + k * input.Channels, c);
            }
        }
    }

    private void Tap<W>(float* source, float* gradient, float* sums, int c) where W : struct, ISimd<W>
    {
        W sum = W.Load(sums + c);
        for (int row = 0; row < output.Height; row++)
            for (int column = 0; column < output.Width; column++)
                sum = W.MultiplyAdd(
                    W.Load(source + _image.Offset(row * window.StrideHeight, column * window.StrideWidth) + c),
                    W.Load(gradient + ((nint)row * output.Width + column) * output.Channels + c), sum);
        W.Store(sums + c, sum);
    }

    internal override void Reduce(byte*[] sums, nint offset, Span<float> gradient, Share share)
    {
        var (first, last) = share.Of(input.Channels);
        for (int channel = first; channel < last; channel++)
            for (int k = 0; k < Kernel; k++)
            {
                float sum = 0;
                foreach (byte* part in sums) sum += ((float*)part)[offset + k * input.Channels + channel];
                gradient[channel * Kernel + k] = sum;
            }
    }
}
