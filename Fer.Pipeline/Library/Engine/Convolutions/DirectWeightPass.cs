namespace Fer.Pipeline.Engine;

/// <summary>The weight gradient by <see cref="ConvolutionWeightGradient{V}"/>, one thread's images at a time.</summary>
internal sealed unsafe class DirectWeightPass<V>(Shape input, Shape output, Window window, int groups, int batchSize)
    : ConvolutionWeightPass
    where V : struct, ISimd<V>
{
    private readonly ConvolutionWeightGradient<V> _gradient = new(input, output, window, groups);

    internal override long SumLength => _gradient.SumLength;

    internal override long ScratchLength => _gradient.ScratchLength(batchSize);

    internal override void Sum(float* x, float* outputGradient, int count, float* sums, float* scratch, Share share)
    {
        var (first, last) = share.Of(count);
        _gradient.Clear(sums);
        _gradient.Add(x, outputGradient, first, last, sums, scratch);
    }

    internal override void Reduce(byte*[] sums, nint offset, Span<float> gradient, Share share) =>
        _gradient.Reduce(sums, offset, gradient, share);
}

/// <summary>
/// The same for a pointwise layer over small images or vectors: all pixels of the batch are treated as one line, which is cut into runs of
/// <see cref="Run"/> pixels; the last run is copied and padded with zeros.
/// </summary>
internal sealed unsafe class LineWeightPass<V> : ConvolutionWeightPass where V : struct, ISimd<V>
{
    private const int Run = 48;

    private readonly int _inputs, _outputs, _area;
    private readonly ConvolutionWeightGradient<V> _gradient;

    /// <param name="input">Shape of an example.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="groups">Groups.</param>
    internal LineWeightPass(Shape input, int outputs, int groups)
    {
        _inputs = input.Channels;
        _outputs = outputs;
        _area = input.Area;
        _gradient = new(new Shape(_inputs, 1, Run), new Shape(outputs, 1, Run), Window.Square(1), groups);
    }

    internal override long SumLength => _gradient.SumLength;

    internal override long ScratchLength => TailLength + _gradient.ScratchLength(int.MaxValue);

    private int TailLength => Run * (_inputs + _outputs);

    internal override void Sum(float* x, float* outputGradient, int count, float* sums, float* scratch, Share share)
    {
        int pixels = count * _area, whole = pixels / Run, rest = pixels % Run;
        var (first, last) = share.Of((pixels + Run - 1) / Run);
        float* tail = scratch;
        scratch += TailLength;
        _gradient.Clear(sums);
        _gradient.Add(x, outputGradient, first, Math.Min(last, whole), sums, scratch);
        if (last <= whole) return;
        new Span<float>(tail, TailLength).Clear();
        Loops.Copy(x + (long)whole * Run * _inputs, tail, (long)rest * _inputs);
        Loops.Copy(outputGradient + (long)whole * Run * _outputs, tail + Run * _inputs, (long)rest * _outputs);
        _gradient.Add(tail, tail + Run * _inputs, 0, 1, sums, scratch);
    }

    internal override void Reduce(byte*[] sums, nint offset, Span<float> gradient, Share share) =>
        _gradient.Reduce(sums, offset, gradient, share);
}
