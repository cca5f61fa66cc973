namespace Fer.Pipeline.Data;

/// <summary>All values of one column, in memory.</summary>
internal abstract class ColumnCache
{
    /// <summary>What reads the cursor's current value of <paramref name="column"/> and adds it.</summary>
    internal abstract Action Reader(DataViewRowCursor cursor, DataViewSchema.Column column);

    /// <summary>A getter of the value at the row that <paramref name="row"/> names.</summary>
    internal abstract Delegate Getter(Func<int> row);

    /// <summary>Forgets all values.</summary>
    internal abstract void Clear();
}

/// <summary>A column of single values.</summary>
internal sealed class ScalarColumnCache<T> : ColumnCache
{
    private readonly List<T> _values = [];

    internal override Action Reader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var getter = cursor.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            _values.Add(value);
        };
    }

    internal override Delegate Getter(Func<int> row) => new ValueGetter<T>((ref T value) => value = _values[row()]);

    internal override void Clear() => _values.Clear();
}

/// <summary>A column of vectors. Values are copied out, so that a caller who reuses its buffer does not write into the cache.</summary>
internal sealed class VectorColumnCache<T> : ColumnCache where T : unmanaged
{
    private readonly List<VBuffer<T>> _values = [];

    internal override Action Reader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var getter = cursor.GetGetter<VBuffer<T>>(column);
        return () =>
        {
            VBuffer<T> value = default;
            getter(ref value);
            _values.Add(value);
        };
    }

    internal override Delegate Getter(Func<int> row) =>
        new ValueGetter<VBuffer<T>>((ref VBuffer<T> value) => value.Assign(_values[row()].GetValues()));

    internal override void Clear() => _values.Clear();
}
