using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>A kernel that can take the rectifier behind it along.</summary>
internal interface IRectifying
{
    /// <summary>False where it cannot do so in the pass it is planned for.</summary>
    bool CanRectify { get; }

    /// <summary>True where the output is max(y, 0), and the gradient of the output that of the rectified values.</summary>
    bool Rectify { get; set; }
}

/// <summary>A kernel that can take the batch normalisation behind it into its weights, in inference.</summary>
internal interface IFoldsNormalization
{
    void Fold(BatchNormalization normalization);
}

/// <summary>What a kernel is planned for.</summary>
/// <param name="Inputs">Shapes of one example of each input.</param>
/// <param name="Output">Shape of one example of the output.</param>
/// <param name="BatchSize">The most examples of a pass.</param>
/// <param name="Training">True where a backward pass may follow.</param>
/// <param name="Pool">The threads that share the work.</param>
/// <param name="Frozen">True where the parameters change no more, so that weights are packed once.</param>
internal sealed record KernelSetup(Shape[] Inputs, Shape Output, int BatchSize, bool Training, WorkerPool Pool, bool Frozen = false);

/// <summary>
/// An operation planned for fixed shapes, batch size and vector width: the loops of its forward pass and gradient. The executor hands it
/// its buffers once; a pass allocates nothing. Activations lie as [batch, height, width, channels].
/// </summary>
internal abstract unsafe class Kernel(KernelSetup setup)
{
    protected KernelSetup Setup { get; } = setup;
    protected WorkerPool Pool => Setup.Pool;
    protected Shape InputShape => Setup.Inputs[0];
    protected Shape OutputShape => Setup.Output;

    /// <summary>Bytes kept from the forward to the backward pass, or in a frozen kernel from pass to pass.</summary>
    internal virtual long SavedBytes => 0;
    /// <summary>Bytes that all threads share during one pass of this kernel.</summary>
    internal virtual long SharedScratchBytes => 0;
    /// <summary>Bytes each thread has for itself during one pass of this kernel.</summary>
    internal virtual long ThreadScratchBytes => 0;

    // Bound by the executor.
    internal float*[] Inputs { get; set; } = [];
    internal float* Output { get; set; }
    /// <summary>Null until a backward pass is planned.</summary>
    internal float* OutputGradient { get; set; }
    /// <summary>Null where an input needs no gradient.</summary>
    internal float*[] InputGradients { get; set; } = [];
    /// <summary>True where another consumer of that input has written its gradient already, so that this one adds to it.</summary>
    internal bool[] Accumulate { get; set; } = [];
    internal byte* Saved { get; set; }
    internal byte* SharedScratch { get; set; }
    internal byte*[] ThreadScratch { get; set; } = [];

    /// <summary>Examples of the current pass.</summary>
    internal int Count { get; private set; }
    /// <summary>True in a pass whose gradient is wanted: batch statistics, dropout.</summary>
    protected bool IsTraining => Setup.Training;
    /// <summary>What a random operation draws from in the current pass.</summary>
    protected long Seed { get; private set; }

    internal void Forward(int count, long seed)
    {
        Count = count;
        Seed = seed;
        Forward();
    }

    protected abstract void Forward();

    /// <summary>How the kernel works its operation out, where there is a choice.</summary>
    internal virtual string Method => "vector";

    /// <summary>Called once when the buffers are bound: what a frozen kernel can do ahead of its passes.</summary>
    internal virtual void Prepare() { }

    /// <summary>Notes the pass of a kernel whose forward work another one has done.</summary>
    internal void Adopt(int count) => Count = count;

    /// <summary>Writes the gradients of the parameters and of those inputs that need one.</summary>
    internal abstract void Backward();

    /// <summary>The floats [start, end) of <paramref name="length"/> that a thread takes, cut at whole vectors of any width.</summary>
    protected (long Start, long End) Part(long length, int thread)
    {
        const int grain = 64;
        long grains = (length + grain - 1) / grain;
        return (Math.Min(length, grains * thread / Pool.Threads * grain), Math.Min(length, grains * (thread + 1) / Pool.Threads * grain));
    }

    /// <summary>Adds or copies a finished gradient, as <see cref="Accumulate"/> asks; nothing to do where source and target are one buffer.</summary>
    protected void WriteGradient<V>(int input, float* source, long start, long end) where V : struct, ISimd<V>
    {
        float* target = InputGradients[input];
        if (target == null || target == source) return;
        if (Accumulate[input]) Loops.AddTo<V>(target + start, source + start, end - start);
        else Unsafe.CopyBlockUnaligned(target + start, source + start, checked((uint)((end - start) * sizeof(float))));
    }
}
