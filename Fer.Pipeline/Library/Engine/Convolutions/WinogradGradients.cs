using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>The transposed transforms of <see cref="Winograd{V, F}"/>, for gradients.</summary>
[SkipLocalsInit]
internal static unsafe class WinogradGradients<V, F> where V : struct, ISimd<V> where F : struct, ITrainingFilter
{
    /// <summary>A tile of the output's gradient, [tile, tile, width], to planes: A dy Aᵀ.</summary>
    internal static void OutputGradient(float* tile, float* target, nint planeStep)
    {
        float* half = stackalloc float[F.Patch * F.Tile * V.Width];
        for (int j = 0; j < F.Tile; j++) F.OutputGradient<V>(tile + j * V.Width, F.Tile * V.Width, half + j * V.Width, F.Tile * V.Width);
        for (int i = 0; i < F.Patch; i++)
            F.OutputGradient<V>(half + i * F.Tile * V.Width, V.Width, target + i * F.Patch * planeStep, planeStep);
    }

    /// <summary>Planes of a kernel's gradient to the 3x3 kernel, [3, 3, width]: Gᵀ u G.</summary>
    internal static void KernelGradient(float* planes, nint planeStep, float* kernel)
    {
        float* half = stackalloc float[3 * F.Patch * V.Width];
        for (int j = 0; j < F.Patch; j++)
            F.KernelGradient<V>(planes + j * planeStep, F.Patch * planeStep, half + j * V.Width, F.Patch * V.Width);
        for (int i = 0; i < 3; i++) F.KernelGradient<V>(half + i * F.Patch * V.Width, V.Width, kernel + i * 3 * V.Width, V.Width);
    }
}
