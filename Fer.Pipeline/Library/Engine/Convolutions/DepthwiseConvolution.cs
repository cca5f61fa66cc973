namespace Fer.Pipeline.Engine;

/// <summary>
/// A convolution with one input and one output channel per group; packed weights are [taps, channels]. Pixels are grouped by which of their
/// taps fall inside the image, so no padding is needed; eight pixels at a time share a tap's weights, in whole vectors of channels.
/// </summary>
internal sealed unsafe class DepthwiseConvolutionPass<V> : ConvolutionPass where V : struct, ISimd<V>
{
    /// <summary>
    /// Taps of the largest kernel: each class of pixels keeps its own list of them, and a kernel as large as the image has as many classes
    /// as pixels.
    /// </summary>
    internal const int MostTaps = 1024;

    /// <summary>
    /// Minimum multiply-accumulates per thread that are worth a dispatch of about a microsecond, so that even a single face is split.
    /// </summary>
    private const long LeastWork = 20_000;

    private readonly Shape _input, _output;
    private readonly Group[] _groups;
    private readonly int _kernel;
    private readonly long _work;

    /// <param name="input">Shape of the input.</param>
    /// <param name="output">Shape of the output.</param>
    /// <param name="phases">What each phase reads and writes.</param>
    /// <param name="kernel">Number of kernel positions.</param>
    internal DepthwiseConvolutionPass(Shape input, Shape output, ConvolutionPhases.Phase[] phases, int kernel)
    {
        _input = input;
        _output = output;
        _kernel = kernel;
        _groups = [.. phases.SelectMany(GroupsOf)];
        _work = _groups.Sum(g => (long)g.Pixels.Length * g.Taps.Length) * input.Channels;
    }

    /// <summary>Pixels for which the same taps fall inside the image.</summary>
    /// <param name="Pixels">Offset of each pixel in the input image, in floats; may be outside the image.</param>
    /// <param name="Results">Offset of each result.</param>
    /// <param name="Taps">Offset from the pixel to the value read, and offset of the tap's weights.</param>
    private sealed record Group(nint[] Pixels, nint[] Results, (nint Step, nint Weights)[] Taps);

    private IEnumerable<Group> GroupsOf(ConvolutionPhases.Phase phase)
    {
        int channels = _input.Channels;
        var (top, left, _, _) = phase.Padding;
        var pixels = phase.Pixels.Zip(phase.Results, (from, to) => (Row: from.Row - top, Column: from.Column - left, to));
        // Rows and columns are independent: positions of an axis that read the same taps form one class.
        var rows = Classes(phase.Pixels.Select(p => p.Row - top), phase.Taps.Select(t => t.Row), _input.Height);
        var columns = Classes(phase.Pixels.Select(p => p.Column - left), phase.Taps.Select(t => t.Column), _input.Width);
        foreach (var group in pixels.GroupBy(p => (rows[p.Row], columns[p.Column])))
        {
            var first = group.First();
            var taps = phase.Taps.Where(t => IsIn(first.Row + t.Row, _input.Height) && IsIn(first.Column + t.Column, _input.Width));
            yield return new Group(
                [.. group.Select(p => ((nint)p.Row * _input.Width + p.Column) * channels)],
                [.. group.Select(p => ((nint)p.to.Row * _output.Width + p.to.Column) * channels)],
                [.. taps.Select(t => (((nint)t.Row * _input.Width + t.Column) * channels, (nint)t.Weight * channels))]);
        }

    }

    /// <summary>For each position of an axis, the first and last step from it that stays inside the image.</summary>
    private static Dictionary<int, (int First, int Last)> Classes(IEnumerable<int> places, IEnumerable<int> steps, int length)
    {
        int[] taps = [.. steps.Distinct()];
        return places.Distinct().ToDictionary(place => place, place =>
        {
            int least = int.MaxValue, most = int.MinValue;
            foreach (int step in taps)
                if (IsIn(place + step, length)) (least, most) = (Math.Min(least, step), Math.Max(most, step));
            return (least, most);
        });
    }

    private static bool IsIn(int place, int length) => (uint)place < (uint)length;

    internal override string Name => "depthwise";

    internal override long PackedLength => (long)_kernel * _input.Channels;

    internal override long ScratchLength => 0;

    internal override void Pack(float* weights, float* packed, Share share)
    {
        var (first, last) = share.Of(_input.Channels);
        for (int channel = first; channel < last; channel++)
            for (int k = 0; k < _kernel; k++) packed[k * _input.Channels + channel] = weights[channel * _kernel + k];
    }

    internal override void Run(in ConvolutionCall call, float* scratch, Share share)
    {
        // A batch is split by images. If there is less than one image per thread, it is split by pixels, provided there is enough work.
        var bands = call.Count >= share.Parts ? new Share(0, 1)
            : share with { Parts = (int)Math.Clamp(call.Count * _work / LeastWork, 1, share.Parts) };
        var (first, last) = call.Count >= share.Parts ? share.Of(call.Count) : (0, bands.Part < bands.Parts ? call.Count : 0);
        for (int image = first; image < last; image++)
        {
            float* source = call.Input + (long)image * _input.Length, target = call.Output + (long)image * _output.Length;
            foreach (var group in _groups)
            {
                int c = Channels<V>(call, group, source, target, bands, 0);
                if (V.Width > Simd256.Width) c = Channels<Simd256>(call, group, source, target, bands, c);
                if (V.Width > Simd128.Width) c = Channels<Simd128>(call, group, source, target, bands, c);
                Channels<Simd1>(call, group, source, target, bands, c);
            }
        }
    }

    /// <summary>Whole vectors of channels from <paramref name="c"/> on; returns the first remaining channel.</summary>
    private int Channels<W>(in ConvolutionCall call, Group group, float* source, float* target, Share bands, int c)
        where W : struct, ISimd<W>
    {
        var (first, last) = bands.Of(group.Pixels.Length);
        for (; c <= _input.Channels - W.Width; c += W.Width)
        {
            int p = first;
            for (; p <= last - 8; p += 8) Eight<W>(call, group, source + c, target + c, p, c);
            for (; p < last; p++) One<W>(call, group, source + c, target + c, p, c);
        }
        return c;
    }

    private static void Eight<W>(in ConvolutionCall call, Group group, float* source, float* target, int p, int c)
        where W : struct, ISimd<W>
    {
        var pixels = group.Pixels.AsSpan(p, 8);
        float* x0 = source + pixels[0], x1 = source + pixels[1], x2 = source + pixels[2], x3 = source + pixels[3];
        float* x4 = source + pixels[4], x5 = source + pixels[5], x6 = source + pixels[6], x7 = source + pixels[7];
        W s0 = call.Bias == null ? default : W.Load(call.Bias + c);
        W s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
        float* weights = call.Packed + c;
        foreach (var (step, at) in group.Taps)
        {
            W w = W.Load(weights + at);
            s0 = W.MultiplyAdd(W.Load(x0 + step), w, s0);
            s1 = W.MultiplyAdd(W.Load(x1 + step), w, s1);
            s2 = W.MultiplyAdd(W.Load(x2 + step), w, s2);
            s3 = W.MultiplyAdd(W.Load(x3 + step), w, s3);
            s4 = W.MultiplyAdd(W.Load(x4 + step), w, s4);
            s5 = W.MultiplyAdd(W.Load(x5 + step), w, s5);
            s6 = W.MultiplyAdd(W.Load(x6 + step), w, s6);
            s7 = W.MultiplyAdd(W.Load(x7 + step), w, s7);
        }
        var results = group.Results.AsSpan(p, 8);
        Store(call, target + results[0], s0);
        Store(call, target + results[1], s1);
        Store(call, target + results[2], s2);
        Store(call, target + results[3], s3);
        Store(call, target + results[4], s4);
        Store(call, target + results[5], s5);
        Store(call, target + results[6], s6);
        Store(call, target + results[7], s7);
    }

    private static void One<W>(in ConvolutionCall call, Group group, float* source, float* target, int p, int c) where W : struct, ISimd<W>
    {
        float* x = source + group.Pixels[p];
        W sum = call.Bias == null ? default : W.Load(call.Bias + c);
        foreach (var (step, at) in group.Taps) sum = W.MultiplyAdd(W.Load(x + step), W.Load(call.Packed + c + at), sum);
        Store(call, target + group.Results[p], sum);
    }

    private static void Store<W>(in ConvolutionCall call, float* target, W sum) where W : struct, ISimd<W>
    {
        if (call.Accumulate) sum = W.Add(sum, W.Load(target));
        W.Store(target, call.Rectify ? W.Max(sum, default) : sum);
    }
}

/// <summary>The weight gradient of a depthwise convolution; sums are [taps, channels].</summary>
internal sealed unsafe class DepthwiseWeightPass<V>(Shape input, Shape output, Window window) : ConvolutionWeightPass
    where V : struct, ISimd<V>
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
                float* start = source + _image.Offset(k / window.KernelWidth * window.DilationHeight,
                    k % window.KernelWidth * window.DilationWidth);
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
