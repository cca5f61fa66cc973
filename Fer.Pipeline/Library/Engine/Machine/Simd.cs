using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fer.Pipeline.Engine;

/// <summary>A vector of floats of one width; kernels are written once against it and compiled for each instruction set.</summary>
internal unsafe interface ISimd<TSelf> where TSelf : struct, ISimd<TSelf>
{
    static abstract int Width { get; }
    static abstract TSelf Load(float* p);
    static abstract TSelf Broadcast(float value);
    static abstract void Store(float* p, TSelf v);
    static abstract TSelf Add(TSelf a, TSelf b);
    static abstract TSelf Subtract(TSelf a, TSelf b);
    static abstract TSelf Multiply(TSelf a, TSelf b);
    /// <summary>a * b + c, rounded once if the processor supports it.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);
    /// <summary>The larger of each pair; NaN if either is NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);
    /// <summary><paramref name="value"/> where <paramref name="test"/> is positive, otherwise <paramref name="otherwise"/>.</summary>
    static abstract TSelf WherePositive(TSelf test, TSelf value, TSelf otherwise);
    static abstract TSelf Exp(TSelf v);
    static abstract TSelf Divide(TSelf a, TSelf b);
    /// <summary>The smaller of each pair; NaN if either is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);
    /// <summary>Natural logarithm.</summary>
    static abstract TSelf Log(TSelf v);
}

/// <summary>AVX-512.</summary>
internal readonly unsafe struct Simd512(Vector512<float> value) : ISimd<Simd512>
{
    private readonly Vector512<float> _value = value;
    public static int Width => 16;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Load(float* p) => new(Vector512.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Broadcast(float value) => new(Vector512.Create(value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, Simd512 v) => v._value.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Add(Simd512 a, Simd512 b) => new(a._value + b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Subtract(Simd512 a, Simd512 b) => new(a._value - b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Multiply(Simd512 a, Simd512 b) => new(a._value * b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 MultiplyAdd(Simd512 a, Simd512 b, Simd512 c) => new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Max(Simd512 a, Simd512 b) => new(Vector512.Max(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 WherePositive(Simd512 test, Simd512 value, Simd512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(test._value, Vector512<float>.Zero), value._value, otherwise._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Exp(Simd512 v) => new(Vector512.Exp(v._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Divide(Simd512 a, Simd512 b) => new(a._value / b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512 Min(Simd512 a, Simd512 b) => new(Vector512.Min(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd512 Log(Simd512 v) => new(Vector512.Log(v._value));
}

/// <summary>AVX2.</summary>
internal readonly unsafe struct Simd256(Vector256<float> value) : ISimd<Simd256>
{
    private readonly Vector256<float> _value = value;
    public static int Width => 8;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Load(float* p) => new(Vector256.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Broadcast(float value) => new(Vector256.Create(value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, Simd256 v) => v._value.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Add(Simd256 a, Simd256 b) => new(a._value + b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Subtract(Simd256 a, Simd256 b) => new(a._value - b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Multiply(Simd256 a, Simd256 b) => new(a._value * b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 MultiplyAdd(Simd256 a, Simd256 b, Simd256 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Max(Simd256 a, Simd256 b) => new(Vector256.Max(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 WherePositive(Simd256 test, Simd256 value, Simd256 otherwise) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(test._value, Vector256<float>.Zero), value._value, otherwise._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Exp(Simd256 v) => new(Vector256.Exp(v._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Divide(Simd256 a, Simd256 b) => new(a._value / b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256 Min(Simd256 a, Simd256 b) => new(Vector256.Min(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd256 Log(Simd256 v) => new(Vector256.Log(v._value));
}

/// <summary>SSE and Arm NEON.</summary>
internal readonly unsafe struct Simd128(Vector128<float> value) : ISimd<Simd128>
{
    private readonly Vector128<float> _value = value;
    public static int Width => 4;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Load(float* p) => new(Vector128.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Broadcast(float value) => new(Vector128.Create(value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, Simd128 v) => v._value.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Add(Simd128 a, Simd128 b) => new(a._value + b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Subtract(Simd128 a, Simd128 b) => new(a._value - b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Multiply(Simd128 a, Simd128 b) => new(a._value * b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 MultiplyAdd(Simd128 a, Simd128 b, Simd128 c) => new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Max(Simd128 a, Simd128 b) => new(Vector128.Max(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 WherePositive(Simd128 test, Simd128 value, Simd128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(test._value, Vector128<float>.Zero), value._value, otherwise._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Exp(Simd128 v) => new(Vector128.Exp(v._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Divide(Simd128 a, Simd128 b) => new(a._value / b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128 Min(Simd128 a, Simd128 b) => new(Vector128.Min(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd128 Log(Simd128 v) => new(Vector128.Log(v._value));
}

/// <summary>One float at a time, for processors without vector instructions and as the plain reference.</summary>
internal readonly unsafe struct Simd1(float value) : ISimd<Simd1>
{
    private readonly float _value = value;
    public static int Width => 1;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Load(float* p) => new(*p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Broadcast(float value) => new(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, Simd1 v) => *p = v._value;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Add(Simd1 a, Simd1 b) => new(a._value + b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Subtract(Simd1 a, Simd1 b) => new(a._value - b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Multiply(Simd1 a, Simd1 b) => new(a._value * b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1 MultiplyAdd(Simd1 a, Simd1 b, Simd1 c) => new(a._value * b._value + c._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Max(Simd1 a, Simd1 b) => new(MathF.Max(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd1 WherePositive(Simd1 test, Simd1 value, Simd1 otherwise) => test._value > 0 ? value : otherwise;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Exp(Simd1 v) => new(MathF.Exp(v._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Divide(Simd1 a, Simd1 b) => new(a._value / b._value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Min(Simd1 a, Simd1 b) => new(MathF.Min(a._value, b._value));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Simd1 Log(Simd1 v) => new(MathF.Log(v._value));
}
