namespace Fer.Pipeline.Engine;

/// <summary>The inputs and outputs of one pass of a convolution.</summary>
/// <param name="input">The input batch.</param>
/// <param name="packed">The weights as packed for the pass.</param>
/// <param name="bias">[outputs] initial values of the sums, or null.</param>
/// <param name="output">The output batch.</param>
/// <param name="count">Number of examples.</param>
/// <param name="accumulate">True to add to the output.</param>
/// <param name="rectify">True to write max(y, 0).</param>
/// <param name="pools">True to write the greatest of each 2x2 values alone, where <see cref="ConvolutionPass.CanPool"/> allows it.</param>
internal readonly unsafe ref struct ConvolutionCall(float* input, float* packed, float* bias, float* output, int count, bool accumulate,
    bool rectify, bool pools)
{
    internal float* Input { get; } = input;
    internal float* Packed { get; } = packed;
    internal float* Bias { get; } = bias;
    internal float* Output { get; } = output;
    internal int Count { get; } = count;
    internal bool Accumulate { get; } = accumulate;
    internal bool Rectify { get; } = rectify;
    internal bool Pools { get; } = pools;
}

/// <summary>One algorithm for a convolution's output or its input gradient; every thread does a part of each step.</summary>
internal abstract unsafe class ConvolutionPass
{
    internal abstract string Name { get; }

    /// <summary>Floats of the packed weights.</summary>
    internal abstract long PackedLength { get; }

    /// <summary>Floats of scratch per thread.</summary>
    internal abstract long ScratchLength { get; }

    /// <summary>True if a pass can take the maximum over this window of its results before it writes them.</summary>
    internal virtual bool CanPool(Window window) => false;

    /// <summary>Packs the weights, [outputs, inputs / groups, height, width], for <see cref="Run"/>.</summary>
    internal abstract void Pack(float* weights, float* packed, Share share);

    internal abstract void Run(in ConvolutionCall call, float* scratch, Share share);
}

/// <summary>
/// One algorithm for a convolution's weight gradient: each thread computes its own sums, which are then added in thread order.
/// </summary>
internal abstract unsafe class ConvolutionWeightPass
{
    /// <summary>Floats of one thread's sums.</summary>
    internal abstract long SumLength { get; }

    /// <summary>Floats of scratch per thread, in addition to the sums.</summary>
    internal abstract long ScratchLength { get; }

    internal abstract void Sum(float* input, float* outputGradient, int count, float* sums, float* scratch, Share share);

    /// <summary>
    /// Writes the gradient, [outputs, inputs / groups, height, width], from all threads' sums, which start <paramref name="offset"/> floats
    /// into each thread's scratch.
    /// </summary>
    internal abstract void Reduce(byte*[] sums, nint offset, Span<float> gradient, Share share);
}

/// <summary>Part <paramref name="Part"/> of <paramref name="Parts"/> equal parts: a thread's share of any work.</summary>
internal readonly record struct Share(int Part, int Parts)
{
    /// <summary>The range [Start, End) of <paramref name="count"/> items in this share.</summary>
    internal (int Start, int End) Of(int count) => ((int)((long)count * Part / Parts), (int)((long)count * (Part + 1) / Parts));

    /// <summary>The same, for counts beyond 32 bits.</summary>
    internal (long Start, long End) Of(long count) => (count / Parts * Part + count % Parts * Part / Parts,
        count / Parts * (Part + 1) + count % Parts * (Part + 1) / Parts);
}
