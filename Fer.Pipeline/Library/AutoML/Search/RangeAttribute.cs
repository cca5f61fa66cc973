namespace Fer.Pipeline.AutoML;

/// <summary>
/// Marks an option that a sweep may choose from <see cref="Min"/> to <see cref="Max"/>, both included; for int, long, float and double.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RangeAttribute : Attribute
{
    /// <summary>Creates the range.</summary>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value.</param>
    /// <param name="logBase">True where equal ratios, not equal differences, are equally likely; <paramref name="min"/> must then be
    /// positive.</param>
    /// <exception cref="ArgumentException">The bounds are not finite, out of order, or not positive on a log scale.</exception>
    public RangeAttribute(double min, double max, bool logBase = false)
    {
        if (!double.IsFinite(min) || !double.IsFinite(max) || min >= max)
            throw new ArgumentException($"A range needs finite bounds in order, not {min} and {max}.");
        if (logBase && min <= 0) throw new ArgumentException($"A log scale needs a positive least value, not {min}.");
        Min = min;
        Max = max;
        LogBase = logBase;
    }

    /// <summary>The least value.</summary>
    public double Min { get; }

    /// <summary>The greatest value.</summary>
    public double Max { get; }

    /// <summary>True on a log scale.</summary>
    public bool LogBase { get; }
}
