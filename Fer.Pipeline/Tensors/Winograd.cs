using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Tensors;

/// <summary>
/// The transforms of Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, arXiv 1509.09308): a 4x4 tile of a 3x3 convolution takes 36
/// multiplications instead of 144. Each works on one vector of channels: rows first, into a small buffer, then columns.
/// Products of tiles come out as [36] planes, place (i, j) of the 6x6 tile being plane 6 i + j.
/// </summary>
internal static unsafe class Winograd<V> where V : struct, ISimd<V>
{
    /// <summary>Side of an output tile.</summary>
    internal const int Tile = 4;

    /// <summary>Side of an input tile: output and kernel overlap.</summary>
    internal const int Patch = 6;

    /// <summary>Products a tile.</summary>
    internal const int Planes = Patch * Patch;

    /// <summary>Input tile to its 36 planes: Bᵀ d B.</summary>
    internal static void Input(float* source, nint rowStep, nint columnStep, float* target, nint planeStep)
    {
        float* half = stackalloc float[Planes * V.Width];
        for (int j = 0; j < Patch; j++)
        {
            float* x = source + j * columnStep;
            SixToSix(V.Load(x), V.Load(x + rowStep), V.Load(x + 2 * rowStep), V.Load(x + 3 * rowStep), V.Load(x + 4 * rowStep), V.Load(x + 5 * rowStep),
                half + j * V.Width, Patch * V.Width);
        }
        for (int i = 0; i < Patch; i++)
        {
            float* x = half + i * Patch * V.Width;
            SixToSix(V.Load(x), V.Load(x + V.Width), V.Load(x + 2 * V.Width), V.Load(x + 3 * V.Width), V.Load(x + 4 * V.Width), V.Load(x + 5 * V.Width),
                target + i * Patch * planeStep, planeStep);
        }
    }

    /// <summary>36 planes of products to the 4x4 output tile, [4, 4, width]: Aᵀ m A.</summary>
    internal static void Output(float* planes, nint planeStep, float* tile)
    {
        float* half = stackalloc float[Tile * Patch * V.Width];
        for (int j = 0; j < Patch; j++)
        {
            float* m = planes + j * planeStep;
            nint step = Patch * planeStep;
            SixToFour(V.Load(m), V.Load(m + step), V.Load(m + 2 * step), V.Load(m + 3 * step), V.Load(m + 4 * step), V.Load(m + 5 * step),
                half + j * V.Width, Patch * V.Width);
        }
        for (int i = 0; i < Tile; i++)
        {
            float* m = half + i * Patch * V.Width;
            SixToFour(V.Load(m), V.Load(m + V.Width), V.Load(m + 2 * V.Width), V.Load(m + 3 * V.Width), V.Load(m + 4 * V.Width), V.Load(m + 5 * V.Width),
                tile + i * Tile * V.Width, V.Width);
        }
    }

    /// <summary>The 4x4 tile of an output's gradient, [4, 4, width], to 36 planes: A dy Aᵀ.</summary>
    internal static void OutputGradient(float* tile, float* target, nint planeStep)
    {
        float* half = stackalloc float[Patch * Tile * V.Width];
        for (int j = 0; j < Tile; j++)
        {
            float* d = tile + j * V.Width;
            nint step = Tile * V.Width;
            FourToSix(V.Load(d), V.Load(d + step), V.Load(d + 2 * step), V.Load(d + 3 * step), half + j * V.Width, step);
        }
        for (int i = 0; i < Patch; i++)
        {
            float* d = half + i * Tile * V.Width;
            FourToSix(V.Load(d), V.Load(d + V.Width), V.Load(d + 2 * V.Width), V.Load(d + 3 * V.Width), target + i * Patch * planeStep, planeStep);
        }
    }

    /// <summary>A 3x3 kernel, [3, 3, width], to 36 planes: G g Gᵀ.</summary>
    internal static void Kernel(float* kernel, float* target, nint planeStep)
    {
        float* half = stackalloc float[Patch * 3 * V.Width];
        for (int j = 0; j < 3; j++)
        {
            float* g = kernel + j * V.Width;
            ThreeToSix(V.Load(g), V.Load(g + 3 * V.Width), V.Load(g + 6 * V.Width), half + j * V.Width, 3 * V.Width);
        }
        for (int i = 0; i < Patch; i++)
        {
            float* g = half + i * 3 * V.Width;
            ThreeToSix(V.Load(g), V.Load(g + V.Width), V.Load(g + 2 * V.Width), target + i * Patch * planeStep, planeStep);
        }
    }

    /// <summary>36 planes of a kernel's gradient to the 3x3 kernel, [3, 3, width]: Gᵀ u G.</summary>
    internal static void KernelGradient(float* planes, nint planeStep, float* kernel)
    {
        float* half = stackalloc float[3 * Patch * V.Width];
        for (int j = 0; j < Patch; j++)
        {
            float* u = planes + j * planeStep;
            nint step = Patch * planeStep;
            SixToThree(V.Load(u), V.Load(u + step), V.Load(u + 2 * step), V.Load(u + 3 * step), V.Load(u + 4 * step), V.Load(u + 5 * step),
                half + j * V.Width, Patch * V.Width);
        }
        for (int i = 0; i < 3; i++)
        {
            float* u = half + i * Patch * V.Width;
            SixToThree(V.Load(u), V.Load(u + V.Width), V.Load(u + 2 * V.Width), V.Load(u + 3 * V.Width), V.Load(u + 4 * V.Width), V.Load(u + 5 * V.Width),
                kernel + i * 3 * V.Width, V.Width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixToSix(V x0, V x1, V x2, V x3, V x4, V x5, float* y, nint step)
    {
        V four = V.Broadcast(4f), minusFive = V.Broadcast(-5f), two = V.Broadcast(2f), minusFour = V.Broadcast(-4f);
        V d42 = V.Subtract(x4, x2), d31 = V.Subtract(x3, x1);
        V.Store(y, V.MultiplyAdd(four, x0, V.MultiplyAdd(minusFive, x2, x4)));
        V.Store(y + step, V.MultiplyAdd(minusFour, V.Add(x1, x2), V.Add(x3, x4)));
        V.Store(y + 2 * step, V.MultiplyAdd(four, V.Subtract(x1, x2), V.Subtract(x4, x3)));
        V.Store(y + 3 * step, V.MultiplyAdd(two, d31, d42));
        V.Store(y + 4 * step, V.Subtract(d42, V.Multiply(two, d31)));
        V.Store(y + 5 * step, V.MultiplyAdd(four, x1, V.MultiplyAdd(minusFive, x3, x5)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixToFour(V m0, V m1, V m2, V m3, V m4, V m5, float* y, nint step)
    {
        V s12 = V.Add(m1, m2), d12 = V.Subtract(m1, m2), s34 = V.Add(m3, m4), d34 = V.Subtract(m3, m4);
        V.Store(y, V.Add(V.Add(m0, s12), s34));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(2f), d34, d12));
        V.Store(y + 2 * step, V.MultiplyAdd(V.Broadcast(4f), s34, s12));
        V.Store(y + 3 * step, V.Add(V.MultiplyAdd(V.Broadcast(8f), d34, d12), m5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourToSix(V d0, V d1, V d2, V d3, float* y, nint step)
    {
        V even = V.Add(d0, d2), odd = V.Add(d1, d3);
        V even4 = V.MultiplyAdd(V.Broadcast(4f), d2, d0), odd8 = V.MultiplyAdd(V.Broadcast(8f), d3, V.Add(d1, d1));
        V.Store(y, d0);
        V.Store(y + step, V.Add(even, odd));
        V.Store(y + 2 * step, V.Subtract(even, odd));
        V.Store(y + 3 * step, V.Add(even4, odd8));
        V.Store(y + 4 * step, V.Subtract(even4, odd8));
        V.Store(y + 5 * step, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ThreeToSix(V g0, V g1, V g2, float* y, nint step)
    {
        V sixth = V.Broadcast(-1f / 6), s02 = V.Multiply(sixth, V.Add(g0, g2)), g1Sixth = V.Multiply(sixth, g1);
        V outer = V.MultiplyAdd(V.Broadcast(1f / 24), g0, V.Multiply(V.Broadcast(1f / 6), g2)), inner = V.Multiply(V.Broadcast(1f / 12), g1);
        V.Store(y, V.Multiply(V.Broadcast(0.25f), g0));
        V.Store(y + step, V.Add(s02, g1Sixth));
        V.Store(y + 2 * step, V.Subtract(s02, g1Sixth));
        V.Store(y + 3 * step, V.Add(outer, inner));
        V.Store(y + 4 * step, V.Subtract(outer, inner));
        V.Store(y + 5 * step, g2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixToThree(V u0, V u1, V u2, V u3, V u4, V u5, float* y, nint step)
    {
        V s12 = V.Multiply(V.Broadcast(-1f / 6), V.Add(u1, u2)), s34 = V.Add(u3, u4);
        V.Store(y, V.MultiplyAdd(V.Broadcast(0.25f), u0, V.MultiplyAdd(V.Broadcast(1f / 24), s34, s12)));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(1f / 6), V.Subtract(u2, u1), V.Multiply(V.Broadcast(1f / 12), V.Subtract(u3, u4))));
        V.Store(y + 2 * step, V.Add(u5, V.MultiplyAdd(V.Broadcast(1f / 6), s34, s12)));
    }
}
