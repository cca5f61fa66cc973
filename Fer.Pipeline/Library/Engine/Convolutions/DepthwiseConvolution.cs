using System.Runtime.CompilerServices;

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
        var groups = new List<Group>();
        foreach (var phase in phases) AddGroups(phase, groups);
        _groups = [.. groups];
        foreach (var group in _groups) _work += (long)group.Pixels.Length * group.Taps.Length * input.Channels;
    }

    /// <summary>Pixels for which the same taps fall inside the image.</summary>
    /// <param name="Pixels">Offset of each pixel in the input image, in floats; may be outside the image.</param>
    /// <param name="Results">Offset of each result.</param>
    /// <param name="Taps">Offset from the pixel to the value read, and offset of the tap's weights.</param>
    private sealed record Group(nint[] Pixels, nint[] Results, (nint Step, nint Weights)[] Taps);

    /// <summary>
    /// Rows and columns are independent: positions of an axis that read the same taps form one class, and pixels of the same classes one
    /// group.
    /// </summary>
    private void AddGroups(ConvolutionPhases.Phase phase, List<Group> groups)
    {
        // In plain loops: as queries over tuples this was most of the time that a small network took to load.
        int channels = _input.Channels;
        var (top, left, _, _) = phase.Padding;
        var (pixels, results, taps) = (phase.Pixels, phase.Results, phase.Taps);
        int[] rowsOf = Array.ConvertAll(pixels, p => p.Row - top), columnsOf = Array.ConvertAll(pixels, p => p.Column - left);
        int[] rows = Classes(rowsOf, Array.ConvertAll(taps, t => t.Row), _input.Height, out int rowClasses);
        int[] columns = Classes(columnsOf, Array.ConvertAll(taps, t => t.Column), _input.Width, out int columnClasses);
        var members = new List<int>?[rowClasses * columnClasses];
        for (int i = 0; i < pixels.Length; i++) (members[rows[i] * columnClasses + columns[i]] ??= []).Add(i);
        foreach (var group in members)
        {
            if (group is null) continue;
            var (from, to) = (new nint[group.Count], new nint[group.Count]);
            for (int i = 0; i < from.Length; i++)
            {
                int pixel = group[i];
                from[i] = ((nint)rowsOf[pixel] * _input.Width + columnsOf[pixel]) * channels;
                to[i] = ((nint)results[pixel].Row * _output.Width + results[pixel].Column) * channels;
            }
            var (row, column) = (rowsOf[group[0]], columnsOf[group[0]]);
            var read = new List<(nint, nint)>();
            foreach (var tap in taps)
                if (IsIn(row + tap.Row, _input.Height) && IsIn(column + tap.Column, _input.Width))
                    read.Add((((nint)tap.Row * _input.Width + tap.Column) * channels, (nint)tap.Weight * channels));
            groups.Add(new Group(from, to, [.. read]));
        }
    }

    /// <summary>The class of each position of an axis: equal where the first and the last step that stay inside the image are.</summary>
    private static int[] Classes(int[] places, int[] steps, int length, out int count)
    {
        var known = new Dictionary<int, int>();
        var ends = new List<long>();
        var classes = new int[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            if (!known.TryGetValue(places[i], out classes[i]))
            {
                int first = int.MaxValue, last = int.MinValue;
                foreach (int step in steps)
                    if (IsIn(places[i] + step, length)) (first, last) = (Math.Min(first, step), Math.Max(last, step));
                long end = ((long)first << 32) | (uint)last;
                classes[i] = ends.IndexOf(end);
                if (classes[i] < 0)
                {
                    classes[i] = ends.Count;
                    ends.Add(end);
                }
                known[places[i]] = classes[i];
            }
        }
        count = ends.Count;
        return classes;
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

    // From the first call on: a process that looks at one picture ends before the runtime would have optimised it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
