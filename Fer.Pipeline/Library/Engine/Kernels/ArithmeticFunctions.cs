using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>A function of two values and its gradients with respect to both.</summary>
internal interface IArithmetic
{
    static abstract W Apply<W>(W a, W b) where W : struct, ISimd<W>;
    static abstract W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W>;
    static abstract W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W>;
}

internal readonly struct Sum : IArithmetic
{
    public static W Apply<W>(W a, W b) where W : struct, ISimd<W> => W.Add(a, b);
    public static W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W> => gradient;
    public static W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W> => gradient;
}

internal readonly struct Difference : IArithmetic
{
    public static W Apply<W>(W a, W b) where W : struct, ISimd<W> => W.Subtract(a, b);
    public static W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W> => gradient;
    public static W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.Subtract(default, gradient);
}

internal readonly struct Product : IArithmetic
{
    public static W Apply<W>(W a, W b) where W : struct, ISimd<W> => W.Multiply(a, b);
    public static W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.Multiply(gradient, b);
    public static W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.Multiply(gradient, a);
}

internal readonly struct Quotient : IArithmetic
{
    public static W Apply<W>(W a, W b) where W : struct, ISimd<W> => W.Divide(a, b);
    public static W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.Divide(gradient, b);
    public static W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W> =>
        W.Subtract(default, W.Divide(W.Multiply(gradient, a), W.Multiply(b, b)));
}

/// <summary>If both are equal, the gradient goes to the left one.</summary>
internal readonly struct Greater : IArithmetic
{
    public static W Apply<W>(W a, W b) where W : struct, ISimd<W> => W.Max(a, b);
    public static W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.WherePositive(W.Subtract(b, a), default, gradient);
    public static W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.WherePositive(W.Subtract(b, a), gradient, default);
}

/// <summary>If both are equal, the gradient goes to the left one.</summary>
internal readonly struct Lesser : IArithmetic
{
    public static W Apply<W>(W a, W b) where W : struct, ISimd<W> => W.Min(a, b);
    public static W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.WherePositive(W.Subtract(a, b), default, gradient);
    public static W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.WherePositive(W.Subtract(a, b), gradient, default);
}

/// <summary>One value at a time: powers of negative numbers cannot be computed by logarithms.</summary>
internal readonly unsafe struct Power : IArithmetic
{
    public static W Apply<W>(W a, W b) where W : struct, ISimd<W> => Each(a, b, &Raise);
    public static W Left<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.Multiply(gradient, Each(a, b, &ByBase));
    public static W Right<W>(W gradient, W a, W b) where W : struct, ISimd<W> => W.Multiply(gradient, Each(a, b, &ByExponent));

    private static float Raise(float a, float b) => MathF.Pow(a, b);
    private static float ByBase(float a, float b) => b * MathF.Pow(a, b - 1);
    private static float ByExponent(float a, float b) => a > 0 ? MathF.Pow(a, b) * MathF.Log(a) : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static W Each<W>(W a, W b, delegate*<float, float, float> f) where W : struct, ISimd<W>
    {
        float* x = stackalloc float[W.Width], y = stackalloc float[W.Width];
        W.Store(x, a);
        W.Store(y, b);
        for (int i = 0; i < W.Width; i++) x[i] = f(x[i], y[i]);
        return W.Load(x);
    }
}
