using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// F(3, 3) at the points 0, 1, -1, 2 and infinity: fewer products than F(4, 3) on maps of five or six pixels, where its tiles would be half
/// empty.
/// </summary>
internal readonly unsafe struct MinimalFilter3 : ITrainingFilter
{
    public static int Tile => 3;

    public static int Patch => 5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V x0 = V.Load(x), x1 = V.Load(x + from), x2 = V.Load(x + 2 * from), x3 = V.Load(x + 3 * from), x4 = V.Load(x + 4 * from);
        V two = V.Broadcast(2f), d31 = V.Subtract(x3, x1), d12 = V.Subtract(x1, x2);
        V.Store(y, V.MultiplyAdd(two, V.Subtract(x0, x2), d31));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(-2f), x1, V.Subtract(x3, x2)));
        V.Store(y + 2 * step, V.MultiplyAdd(two, d12, V.Subtract(x3, x2)));
        V.Store(y + 3 * step, d31);
        V.Store(y + 4 * step, V.MultiplyAdd(V.Broadcast(-2f), d31, V.Subtract(x4, x2)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V m0 = V.Load(x), m1 = V.Load(x + from), m2 = V.Load(x + 2 * from), m3 = V.Load(x + 3 * from), m4 = V.Load(x + 4 * from);
        V s12 = V.Add(m1, m2);
        V.Store(y, V.Add(V.Add(m0, m3), s12));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(2f), m3, V.Subtract(m1, m2)));
        V.Store(y + 2 * step, V.MultiplyAdd(V.Broadcast(4f), m3, V.Add(s12, m4)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V d0 = V.Load(x), d1 = V.Load(x + from), d2 = V.Load(x + 2 * from);
        V even = V.Add(d0, d2);
        V.Store(y, d0);
        V.Store(y + step, V.Add(even, d1));
        V.Store(y + 2 * step, V.Subtract(even, d1));
        V.Store(y + 3 * step, V.MultiplyAdd(V.Broadcast(4f), d2, V.MultiplyAdd(V.Broadcast(2f), d1, d0)));
        V.Store(y + 4 * step, d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Kernel<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V g0 = V.Load(x), g1 = V.Load(x + from), g2 = V.Load(x + 2 * from);
        V even = V.Add(g0, g2);
        V.Store(y, V.Multiply(V.Broadcast(0.5f), g0));
        V.Store(y + step, V.Multiply(V.Broadcast(-0.5f), V.Add(even, g1)));
        V.Store(y + 2 * step, V.Multiply(V.Broadcast(-1f / 6), V.Subtract(even, g1)));
        V.Store(y + 3 * step,
            V.MultiplyAdd(V.Broadcast(1f / 6), g0, V.MultiplyAdd(V.Broadcast(1f / 3), g1, V.Multiply(V.Broadcast(2f / 3), g2))));
        V.Store(y + 4 * step, g2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void KernelGradient<V>(float* x, nint from, float* y, nint step) where V : struct, ISimd<V>
    {
        V u0 = V.Load(x), u1 = V.Multiply(V.Broadcast(-0.5f), V.Load(x + from)),
            u2 = V.Multiply(V.Broadcast(-1f / 6), V.Load(x + 2 * from));
        V u3 = V.Load(x + 3 * from), u4 = V.Load(x + 4 * from), s12 = V.Add(u1, u2);
        V.Store(y, V.MultiplyAdd(V.Broadcast(0.5f), u0, V.MultiplyAdd(V.Broadcast(1f / 6), u3, s12)));
        V.Store(y + step, V.MultiplyAdd(V.Broadcast(1f / 3), u3, V.Subtract(u1, u2)));
        V.Store(y + 2 * step, V.MultiplyAdd(V.Broadcast(2f / 3), u3, V.Add(s12, u4)));
    }
}
