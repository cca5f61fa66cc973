using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>A function of one vector that an element-wise loop applies.</summary>
internal interface IUnary<V> where V : struct, ISimd<V>
{
    V Apply(V x);
}

/// <summary>A function of two vectors that an element-wise loop applies.</summary>
internal interface IBinary<V> where V : struct, ISimd<V>
{
    V Apply(V x, V y);
}

/// <summary>x + y.</summary>
internal readonly struct SumOf<V> : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x, V y) => V.Add(x, y);
}

/// <summary>factor * x + y.</summary>
internal readonly struct TimesPlus<V>(V factor) : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x, V y) => V.MultiplyAdd(factor, x, y);
}

/// <summary>A ReLU's gradient: y where the rectified value x is positive, else 0.</summary>
internal readonly struct WherePositive<V> : IBinary<V> where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply(V x, V y) => V.WherePositive(x, y, default);
}

/// <summary>The element-wise loops that operations share.</summary>
internal static unsafe class Loops
{
    /// <summary>target = f(x), element by element; target and x may be the same buffer.</summary>
    internal static void Map<V, F>(F f, float* x, float* target, long length) where V : struct, ISimd<V> where F : struct, IUnary<V>
    {
        long i = 0;
        for (; i <= length - V.Width; i += V.Width) V.Store(target + i, f.Apply(V.Load(x + i)));
        if (i == length) return;
        float* tail = stackalloc float[V.Width];
        Copy(x + i, tail, length - i);
        V.Store(tail, f.Apply(V.Load(tail)));
        Copy(tail, target + i, length - i);
    }

    /// <summary>target = f(x, y), or target += f(x, y); the buffers may be the same.</summary>
    internal static void Map<V, F>(F f, float* x, float* y, float* target, long length, bool accumulate)
        where V : struct, ISimd<V> where F : struct, IBinary<V>
    {
        long i = 0;
        if (accumulate)
            for (; i <= length - V.Width; i += V.Width)
                V.Store(target + i, V.Add(V.Load(target + i), f.Apply(V.Load(x + i), V.Load(y + i))));
        else
            for (; i <= length - V.Width; i += V.Width) V.Store(target + i, f.Apply(V.Load(x + i), V.Load(y + i)));
        if (i == length) return;
        float* tx = stackalloc float[V.Width], ty = stackalloc float[V.Width];
        Copy(x + i, tx, length - i);
        Copy(y + i, ty, length - i);
        V.Store(tx, f.Apply(V.Load(tx), V.Load(ty)));
        if (accumulate)
            for (long k = 0; i + k < length; k++) target[i + k] += tx[k];
        else
            Copy(tx, target + i, length - i);
    }

    /// <summary>target += source.</summary>
    internal static void AddTo<V>(float* target, float* source, long length) where V : struct, ISimd<V> =>
        Map<V, SumOf<V>>(default, target, source, target, length, accumulate: false);

    internal static void Copy(float* source, float* target, long length) =>
        Buffer.MemoryCopy(source, target, length * sizeof(float), length * sizeof(float));
}
