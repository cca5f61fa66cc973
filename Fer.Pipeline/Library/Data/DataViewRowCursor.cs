namespace Fer.Pipeline.Data;

/// <summary>Fills <paramref name="value"/> with the value of a column at the cursor's row. Vector values reuse the memory they are handed.</summary>
public delegate void ValueGetter<TValue>(ref TValue value);

/// <summary>Walks once over the rows of an <see cref="IDataView"/>, from before the first row on. Not for several threads at once.</summary>
public abstract class DataViewRowCursor : IDisposable
{
    private readonly bool[] _active;

    /// <summary>Creates a cursor before the first row.</summary>
    private protected DataViewRowCursor(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        Schema = schema;
        _active = new bool[schema.Count];
        foreach (var column in columnsNeeded)
        {
            if (column.Index >= schema.Count || schema[column.Index].Name != column.Name)
                throw new ArgumentException($"The column '{column.Name}' is not of this view.", nameof(columnsNeeded));
            _active[column.Index] = true;
        }
    }

    /// <summary>The columns of the view.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>Number of the row the cursor stands on, from 0; -1 before the first.</summary>
    public long Position { get; private set; } = -1;

    /// <summary>True for a column that the cursor was asked to read.</summary>
    public bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    /// <summary>Goes to the next row; false where there is none.</summary>
    /// <exception cref="FerException">The source cannot be read or a value of a column asked for is broken; the message says where.</exception>
    public bool MoveNext()
    {
        if (!MoveNextCore()) return false;
        Position++;
        return true;
    }

    /// <summary>The getter of a column, good for all rows of this cursor.</summary>
    /// <exception cref="InvalidOperationException">The column was not asked for, or holds another type.</exception>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new InvalidOperationException($"The column '{column.Name}' was not among the columns asked for.");
        return CreateGetter(Schema[column.Index]) as ValueGetter<TValue> ??
            throw new InvalidOperationException($"The column '{column.Name}' holds {column.Type}, read as {column.Type.RawType}, not {typeof(TValue)}.");
    }

    /// <summary>Goes to the next row of the source.</summary>
    private protected abstract bool MoveNextCore();

    /// <summary>A <see cref="ValueGetter{TValue}"/> of the column's raw type.</summary>
    internal abstract Delegate CreateGetter(DataViewSchema.Column column);

    /// <summary>Closes the source.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the cursor reads from.</summary>
    private protected virtual void Dispose(bool disposing) { }
}
