using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>A kernel that can fuse the ReLU that follows it.</summary>
internal interface IRectifying
{
    /// <summary>False if it cannot do so in the pass it is planned for.</summary>
    bool CanRectify { get; }

    /// <summary>True to write max(y, 0); the output's gradient is then the gradient with respect to the rectified values.</summary>
    bool Rectify { get; set; }
}

/// <summary>A kernel that can fuse the max pooling that follows it, in inference.</summary>
internal interface IPoolsMaximum
{
    /// <summary>False if it cannot do so over this window in the pass it is planned for.</summary>
    bool CanPool(Window window);

    /// <summary>True to write the pooled values alone, in the shape that the pooling has.</summary>
    bool Pools { get; set; }
}

/// <summary>A kernel that can fold the batch normalisation that follows it into its weights, in inference.</summary>
internal interface IFoldsNormalization
{
    void Fold(BatchNormalization normalization);
}

/// <summary>What a kernel is planned for.</summary>
/// <param name="Inputs">Shapes of one example of each input.</param>
/// <param name="Output">Shape of one example of the output.</param>
/// <param name="BatchSize">Maximum number of examples per pass.</param>
/// <param name="Training">True if a backward pass may follow.</param>
/// <param name="Pool">The threads that share the work.</param>
/// <param name="Frozen">True if the parameters do not change any more, so that weights are packed only once.</param>
internal sealed record KernelSetup(Shape[] Inputs, Shape Output, int BatchSize, bool Training, WorkerPool Pool, bool Frozen = false);

/// <summary>
/// An operation planned for fixed shapes, batch size and vector width: the loops of its forward and backward pass. The executor assigns its
/// buffers once; a pass allocates nothing. Activations are laid out as [batch, height, width, channels].
/// </summary>
internal abstract unsafe class Kernel(KernelSetup setup)
{
    protected KernelSetup Setup { get; } = setup;
    protected WorkerPool Pool => Setup.Pool;
    protected Shape InputShape => Setup.Inputs[0];
    protected Shape OutputShape => Setup.Output;

    /// <summary>Bytes kept from the forward to the backward pass, or from pass to pass in a frozen kernel.</summary>
    internal virtual long SavedBytes => 0;
    /// <summary>Bytes that all threads share during one pass of this kernel.</summary>
    internal virtual long SharedScratchBytes => 0;
    /// <summary>Bytes each thread uses for itself during one pass of this kernel.</summary>
    internal virtual long ThreadScratchBytes => 0;

    // Assigned by the executor.
    internal float*[] Inputs { get; set; } = [];
    internal float* Output { get; set; }
    /// <summary>Null unless a backward pass is planned.</summary>
    internal float* OutputGradient { get; set; }
    /// <summary>Null for inputs that need no gradient.</summary>
    internal float*[] InputGradients { get; set; } = [];
    /// <summary>True if another consumer of that input has already written its gradient, so that this one is added to it.</summary>
    internal bool[] Accumulate { get; set; } = [];
    internal byte* Saved { get; set; }
    internal byte* SharedScratch { get; set; }
    internal byte*[] ThreadScratch { get; set; } = [];

    /// <summary>Number of examples in the current pass.</summary>
    internal int Count { get; private set; }
    /// <summary>True for training passes: batch statistics, dropout.</summary>
    protected bool IsTraining => Setup.Training;
    /// <summary>Seed for random operations in the current pass.</summary>
    protected long Seed { get; private set; }

    internal void Forward(int count, long seed)
    {
        Count = count;
        Seed = seed;
        Forward();
    }

    protected abstract void Forward();

    /// <summary>The algorithm that the kernel uses, where there is a choice.</summary>
    internal virtual string Method => "vector";

    /// <summary>Called once when the buffers are assigned: does whatever a frozen kernel can do ahead of its passes.</summary>
    internal virtual void Prepare() { }

    /// <summary>Records the pass for a kernel whose forward work was done by another kernel.</summary>
    internal void Adopt(int count) => Count = count;

    /// <summary>Writes the gradients of the parameters and of all inputs that need one.</summary>
    internal abstract void Backward();

    /// <summary>
    /// The range [start, end) of <paramref name="length"/> floats that a thread processes, aligned to whole vectors of any width.
    /// </summary>
    protected (long Start, long End) Part(long length, int thread)
    {
        const int grain = 64;
        long grains = (length + grain - 1) / grain;
        return (Math.Min(length, grains * thread / Pool.Threads * grain), Math.Min(length, grains * (thread + 1) / Pool.Threads * grain));
    }

    /// <summary>
    /// Adds or copies a finished gradient, depending on <see cref="Accumulate"/>; does nothing if source and target are the same buffer.
    /// </summary>
    protected void WriteGradient<V>(int input, float* source, long start, long end) where V : struct, ISimd<V>
    {
        float* target = InputGradients[input];
        if (target == null || target == source) return;
        if (Accumulate[input]) Loops.AddTo<V>(target + start, source + start, end - start);
        else Unsafe.CopyBlockUnaligned(target + start, source + start, checked((uint)((end - start) * sizeof(float))));
    }
}
