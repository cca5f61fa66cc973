using System.Numerics;

namespace Fer.Pipeline;

/// <summary>
/// A small seeded random number generator whose output never changes between .NET versions, so a seed always gives the same weights. A
/// stream is created from a seed and a path of numbers (epoch, image, …), so work can be distributed over threads in any order.
/// xoshiro256** seeded by SplitMix64 (Blackman and Vigna, arXiv 1805.01407). A mutable struct: pass it by reference.
/// </summary>
internal struct RandomStream
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Creates the stream for <paramref name="seed"/> and the path of numbers after it.</summary>
    public RandomStream(long seed, long a = 0, long b = 0, long c = 0)
    {
        ulong state = (ulong)seed;
        state = Mix(ref state) ^ ((ulong)a * 0xD1342543DE82EF95UL);
        state = Mix(ref state) ^ ((ulong)b * 0xAF251AF3B0F025B5UL);
        state = Mix(ref state) ^ ((ulong)c * 0xDA942042E4DD58B5UL);
        _s0 = Mix(ref state);
        _s1 = Mix(ref state);
        _s2 = Mix(ref state);
        _s3 = Mix(ref state);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1) with 24 random bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1.0f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform over 0 … <paramref name="exclusive"/> - 1, with negligible modulo bias (Lemire's multiplication).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusive"/> is not positive.</exception>
    public int NextInt32(int exclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusive);
        return (int)Math.BigMul(NextUInt64(), (ulong)exclusive, out _);
    }

    /// <summary>True with the given probability; 0 or less is never true, 1 or more always.</summary>
    public bool NextBoolean(double probability) => NextDouble() < probability;

    /// <summary>Standard normal (mean 0, variance 1), by the Box-Muller transform; each call uses two uniform numbers.</summary>
    public double NextGaussian() =>
        Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble())) * Math.Cos(2.0 * Math.PI * NextDouble());

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
