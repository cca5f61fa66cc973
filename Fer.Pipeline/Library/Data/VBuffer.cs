namespace Fer.Pipeline.Data;

/// <summary>The values of a vector column at one row. A getter reuses the memory of the buffer it is handed, so keep one and read a row before the next.</summary>
public struct VBuffer<T> where T : unmanaged
{
    private T[]? _values;

    /// <summary>Number of values.</summary>
    public int Length { get; private set; }

    /// <summary>The values; good until the buffer is filled again.</summary>
    public readonly ReadOnlySpan<T> GetValues() => _values.AsSpan(0, Length);

    /// <summary>Fills the buffer with a copy of <paramref name="values"/>.</summary>
    internal void Assign(ReadOnlySpan<T> values)
    {
        if (_values is null || _values.Length < values.Length) _values = new T[values.Length];
        values.CopyTo(_values);
        Length = values.Length;
    }
}
