namespace Fer.Pipeline.Engine;

/// <summary>
/// The one-dimensional transforms of a minimal filtering algorithm F(m, 3) (Winograd; Lavin and Gray, arXiv 1509.09308): m outputs of a
/// kernel with three taps take m + 2 multiplications instead of 3 m. Each transform reads vectors with a stride of <c>from</c> floats and
/// writes them with a stride of <c>step</c> floats.
/// </summary>
internal unsafe interface IMinimalFilter
{
    /// <summary>Outputs per tile: m.</summary>
    static abstract int Tile { get; }

    /// <summary>Inputs and products per tile: m + 2.</summary>
    static abstract int Patch { get; }

    /// <summary>Bᵀ: a tile's inputs to the input factors of its products.</summary>
    static abstract void Input<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>;

    /// <summary>Aᵀ: products to outputs.</summary>
    static abstract void Output<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>;

    /// <summary>G: a kernel to the weight factors of the products.</summary>
    static abstract void Kernel<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>;
}

/// <summary>A minimal filter that is exact enough for training, with the transposed transforms that gradients take.</summary>
internal unsafe interface ITrainingFilter : IMinimalFilter
{
    /// <summary>A: the outputs' gradient to the products' gradient.</summary>
    static abstract void OutputGradient<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>;

    /// <summary>Gᵀ: the weight factors' gradient to the kernel's gradient.</summary>
    static abstract void KernelGradient<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>;
}
