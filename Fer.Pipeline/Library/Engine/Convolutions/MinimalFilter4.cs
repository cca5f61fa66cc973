using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>F(4, 3) at the points 0, 1, -1, 2, -2 and infinity: the fewest products on maps that are a few tiles wide.</summary>
internal readonly unsafe struct MinimalFilter4 : ITrainingFilter
{
    public static int Tile => 4;

    public static int Patch => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V x0 = V.Load(x), x1 = V.Load(x + from), x2 = V.Load(x + 2 * from), x3 = V.Load(x + 3 * from), x4 = V.Load(x + 4 * from),
            x5 = V.Load(x + 5 * from);
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
    public static void Output<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V m0 = V.Load(x), m1 = V.Load(x + from), m2 = V.Load(x + 2 * from), m3 = V.Load(x + 3 * from), m4 = V.Load(x + 4 * from),
            m5 = V.Load(x + 5 * from);
        V s12 = V.Add(m1, m2), d12 = V.Subtract(m1, m2), s34 = V.Add(m3, m4), d34 = V.Subtract(m3, m4);
        V.Store(y, V.Add(V.Add(m0, s12), s34));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(2f), d34, d12));
        V.Store(y + 2 * step, V.MultiplyAdd(V.Broadcast(4f), s34, s12));
        V.Store(y + 3 * step, V.Add(V.MultiplyAdd(V.Broadcast(8f), d34, d12), m5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V d0 = V.Load(x), d1 = V.Load(x + from), d2 = V.Load(x + 2 * from), d3 = V.Load(x + 3 * from);
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
    public static void Kernel<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V g0 = V.Load(x), g1 = V.Load(x + from), g2 = V.Load(x + 2 * from);
        V sixth = V.Broadcast(-1f / 6), s02 = V.Multiply(sixth, V.Add(g0, g2)), g1Sixth = V.Multiply(sixth, g1);
        V outer = V.MultiplyAdd(V.Broadcast(1f / 24), g0, V.Multiply(V.Broadcast(1f / 6), g2)),
            inner = V.Multiply(V.Broadcast(1f / 12), g1);
        V.Store(y, V.Multiply(V.Broadcast(0.25f), g0));
        V.Store(y + step, V.Add(s02, g1Sixth));
        V.Store(y + 2 * step, V.Subtract(s02, g1Sixth));
        V.Store(y + 3 * step, V.Add(outer, inner));
        V.Store(y + 4 * step, V.Subtract(outer, inner));
        V.Store(y + 5 * step, g2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void KernelGradient<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V u0 = V.Load(x), u1 = V.Load(x + from), u2 = V.Load(x + 2 * from), u3 = V.Load(x + 3 * from), u4 = V.Load(x + 4 * from),
            u5 = V.Load(x + 5 * from);
        V s12 = V.Multiply(V.Broadcast(-1f / 6), V.Add(u1, u2)), s34 = V.Add(u3, u4);
        V.Store(y, V.MultiplyAdd(V.Broadcast(0.25f), u0, V.MultiplyAdd(V.Broadcast(1f / 24), s34, s12)));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(1f / 6), V.Subtract(u2, u1), V.Multiply(V.Broadcast(1f / 12), V.Subtract(u3, u4))));
        V.Store(y + 2 * step, V.Add(u5, V.MultiplyAdd(V.Broadcast(1f / 6), s34, s12)));
    }
}
