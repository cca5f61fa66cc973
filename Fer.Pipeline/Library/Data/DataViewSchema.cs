using System.Collections;

namespace Fer.Pipeline.Data;

/// <summary>The columns of an <see cref="IDataView"/>, as in ML.NET.</summary>
public sealed class DataViewSchema : IReadOnlyList<DataViewSchema.Column>
{
    private readonly Column[] _columns;

    internal DataViewSchema(params IEnumerable<(string Name, DataViewType Type, Annotations? Annotations)> columns) =>
        _columns = [.. columns.Select((c, index) => new Column(c.Name, index, c.Type, c.Annotations ?? Annotations.Empty))];

    /// <summary>Number of columns.</summary>
    public int Count => _columns.Length;

    /// <summary>The column at an index.</summary>
    public Column this[int index] => _columns[index];

    /// <summary>The column of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public Column this[string name] => GetColumnOrNull(name) ??
        throw new ArgumentException($"There is no column '{name}'.{NearestName.Hint(name, _columns.Select(c => c.Name))} " +
            $"The columns are {string.Join(", ", _columns.Select(c => c.Name))}.", nameof(name));

    /// <summary>The column of a name, or null.</summary>
    public Column? GetColumnOrNull(string name) => Array.Find(_columns, c => c.Name == name);

    /// <inheritdoc/>
    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A column: its name, place, type and what is known of its values.</summary>
    public sealed class Column
    {
        internal Column(string name, int index, DataViewType type, Annotations annotations) =>
            (Name, Index, Type, Annotations) = (name, index, type, annotations);

        /// <summary>The name.</summary>
        public string Name { get; }

        /// <summary>The place among the schema's columns, from 0.</summary>
        public int Index { get; }

        /// <summary>The kind of value.</summary>
        public DataViewType Type { get; }

        /// <summary>What is known of the values.</summary>
        public Annotations Annotations { get; }

        /// <inheritdoc/>
        public override string ToString() => $"{Name}: {Type}";
    }

    /// <summary>What is known of a column's values.</summary>
    public sealed class Annotations
    {
        internal static Annotations Empty { get; } = new([], []);

        internal Annotations(IReadOnlyList<string> keyValues, IReadOnlyList<string> slotNames) => (KeyValues, SlotNames) = (keyValues, slotNames);

        /// <summary>Names of a key column's values: key k is named by item k - 1. Empty for other columns.</summary>
        public IReadOnlyList<string> KeyValues { get; }

        /// <summary>Names of a vector column's items, or empty where they have none.</summary>
        public IReadOnlyList<string> SlotNames { get; }
    }
}
