using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// F(6, 3) at the points 0, 1, -1, 2, -2, 1/2, -1/2 and infinity: the fewest products an output. It loses a digit more than F(4, 3), so it
/// is for inference alone and has no gradients.
/// </summary>
internal readonly unsafe struct MinimalFilter6 : IMinimalFilter
{
    public static int Tile => 6;

    public static int Patch => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V x0 = V.Load(x), x1 = V.Load(x + from), x2 = V.Load(x + 2 * from), x3 = V.Load(x + 3 * from), x4 = V.Load(x + 4 * from),
            x5 = V.Load(x + 5 * from), x6 = V.Load(x + 6 * from), x7 = V.Load(x + 7 * from);
        V middle = V.Broadcast(5.25f), one = V.Broadcast(-4.25f);
        V.Store(y, V.MultiplyAdd(middle, V.Subtract(x4, x2), V.Subtract(x0, x6)));
        V.Store(y + 7 * step, V.MultiplyAdd(middle, V.Subtract(x3, x5), V.Subtract(x7, x1)));
        V even = V.MultiplyAdd(one, x4, V.Add(x2, x6)), odd = V.MultiplyAdd(one, x3, V.Add(x1, x5));
        V.Store(y + step, V.Add(even, odd));
        V.Store(y + 2 * step, V.Subtract(even, odd));
        V quarter = V.Broadcast(0.25f), half = V.Broadcast(0.5f), two = V.Broadcast(2f), four = V.Broadcast(4f),
            minusFiveQuarters = V.Broadcast(-1.25f), minusFiveHalves = V.Broadcast(-2.5f), minusFive = V.Broadcast(-5f);
        even = V.MultiplyAdd(minusFiveQuarters, x4, V.MultiplyAdd(quarter, x2, x6));
        odd = V.MultiplyAdd(minusFiveHalves, x3, V.MultiplyAdd(half, x1, V.Multiply(two, x5)));
        V.Store(y + 3 * step, V.Add(even, odd));
        V.Store(y + 4 * step, V.Subtract(even, odd));
        even = V.MultiplyAdd(minusFive, x4, V.MultiplyAdd(four, x2, x6));
        odd = V.MultiplyAdd(minusFiveHalves, x3, V.MultiplyAdd(two, x1, V.Multiply(half, x5)));
        V.Store(y + 5 * step, V.Add(even, odd));
        V.Store(y + 6 * step, V.Subtract(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V m0 = V.Load(x), m1 = V.Load(x + from), m2 = V.Load(x + 2 * from), m3 = V.Load(x + 3 * from), m4 = V.Load(x + 4 * from),
            m5 = V.Load(x + 5 * from), m6 = V.Load(x + 6 * from), m7 = V.Load(x + 7 * from);
        V s12 = V.Add(m1, m2), d12 = V.Subtract(m1, m2), s34 = V.Add(m3, m4), d34 = V.Subtract(m3, m4), s56 = V.Add(m5, m6),
            d56 = V.Subtract(m5, m6);
        V.Store(y, V.Add(V.Add(m0, s12), V.Add(s34, s56)));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(2f), d34, V.MultiplyAdd(V.Broadcast(0.5f), d56, d12)));
        V.Store(y + 2 * step, V.MultiplyAdd(V.Broadcast(4f), s34, V.MultiplyAdd(V.Broadcast(0.25f), s56, s12)));
        V.Store(y + 3 * step, V.MultiplyAdd(V.Broadcast(8f), d34, V.MultiplyAdd(V.Broadcast(0.125f), d56, d12)));
        V.Store(y + 4 * step, V.MultiplyAdd(V.Broadcast(16f), s34, V.MultiplyAdd(V.Broadcast(0.0625f), s56, s12)));
        V.Store(y + 5 * step, V.Add(m7, V.MultiplyAdd(V.Broadcast(32f), d34, V.MultiplyAdd(V.Broadcast(0.03125f), d56, d12))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Kernel<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V g0 = V.Load(x), g1 = V.Load(x + from), g2 = V.Load(x + 2 * from);
        V.Store(y, g0);
        V.Store(y + 7 * step, g2);
        V even = V.Multiply(V.Broadcast(-2f / 9), V.Add(g0, g2)), odd = V.Multiply(V.Broadcast(-2f / 9), g1);
        V.Store(y + step, V.Add(even, odd));
        V.Store(y + 2 * step, V.Subtract(even, odd));
        even = V.MultiplyAdd(V.Broadcast(1f / 90), g0, V.Multiply(V.Broadcast(2f / 45), g2));
        odd = V.Multiply(V.Broadcast(1f / 45), g1);
        V.Store(y + 3 * step, V.Add(even, odd));
        V.Store(y + 4 * step, V.Subtract(even, odd));
        even = V.MultiplyAdd(V.Broadcast(32f / 45), g0, V.Multiply(V.Broadcast(8f / 45), g2));
        odd = V.Multiply(V.Broadcast(16f / 45), g1);
        V.Store(y + 5 * step, V.Add(even, odd));
        V.Store(y + 6 * step, V.Subtract(even, odd));
    }
}
