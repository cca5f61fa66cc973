using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Winograd's minimal filtering of 3x3 convolutions in two dimensions, <typeparamref name="F"/> nested with itself: a 4x4 tile takes 36
/// multiplications instead of 144, a 3x3 tile 25 instead of 81, a 6x6 tile 64 instead of 324. Each transform works on one vector of
/// channels: rows first, into a small buffer, then columns. The products of tiles are stored as planes: element (i, j) of a tile's products
/// is in plane <see cref="Patch"/> * i + j.
/// </summary>
[SkipLocalsInit]
internal static unsafe class Winograd<V, F> where V : struct, ISimd<V> where F : struct, IMinimalFilter
{
    /// <summary>Side length of an output tile.</summary>
    internal static int Tile => F.Tile;

    /// <summary>Side length of an input tile, which includes the kernel's overlap.</summary>
    internal static int Patch => F.Patch;

    /// <summary>Products per tile.</summary>
    internal static int Planes => F.Patch * F.Patch;

    /// <summary>Input tile to its planes: Bᵀ d B.</summary>
    internal static void Input(float* source, nint rowStep, nint columnStep, float* target, nint planeStep)
    {
        float* half = stackalloc float[F.Patch * F.Patch * V.Width];
        for (int j = 0; j < F.Patch; j++) F.Input<V>(source + j * columnStep, rowStep, half + j * V.Width, F.Patch * V.Width);
        for (int i = 0; i < F.Patch; i++) F.Input<V>(half + i * F.Patch * V.Width, V.Width, target + i * F.Patch * planeStep, planeStep);
    }

    /// <summary>Planes of products to the output tile, [tile, tile, width]: Aᵀ m A.</summary>
    internal static void Output(float* planes, nint planeStep, float* tile)
    {
        float* half = stackalloc float[F.Tile * F.Patch * V.Width];
        for (int j = 0; j < F.Patch; j++) F.Output<V>(planes + j * planeStep, F.Patch * planeStep, half + j * V.Width, F.Patch * V.Width);
        for (int i = 0; i < F.Tile; i++) F.Output<V>(half + i * F.Patch * V.Width, V.Width, tile + i * F.Tile * V.Width, V.Width);
    }

    /// <summary>A 3x3 kernel, [3, 3, width], to planes: G g Gᵀ.</summary>
    internal static void Kernel(float* kernel, float* target, nint planeStep)
    {
        float* half = stackalloc float[F.Patch * 3 * V.Width];
        for (int j = 0; j < 3; j++) F.Kernel<V>(kernel + j * V.Width, 3 * V.Width, half + j * V.Width, 3 * V.Width);
        for (int i = 0; i < F.Patch; i++) F.Kernel<V>(half + i * 3 * V.Width, V.Width, target + i * F.Patch * planeStep, planeStep);
    }
}
