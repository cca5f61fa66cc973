namespace Fer.Pipeline.Engine;

/// <summary>The vector widths that kernels are compiled for.</summary>
public enum InstructionSet
{
    /// <summary>One float at a time.</summary>
    Scalar,
    /// <summary>Four floats: SSE, Arm NEON.</summary>
    Vector128,
    /// <summary>Eight floats: AVX2 with FMA.</summary>
    Vector256,
    /// <summary>Sixteen floats: AVX-512.</summary>
    Vector512,
}

/// <summary>The vector width that kernels use: the widest that this processor supports, unless another one is requested.</summary>
internal static class InstructionSets
{
    /// <summary>The widest that this processor supports in hardware.</summary>
    public static InstructionSet Best { get; } =
        System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? InstructionSet.Vector512
        : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? InstructionSet.Vector256
        : System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated ? InstructionSet.Vector128
        : InstructionSet.Scalar;

    /// <summary>Floats per vector.</summary>
    public static int Width(InstructionSet set) => set switch
    {
        InstructionSet.Vector512 => Simd512.Width,
        InstructionSet.Vector256 => Simd256.Width,
        InstructionSet.Vector128 => Simd128.Width,
        _ => Simd1.Width,
    };
}
