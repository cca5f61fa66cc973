using Fer.Pipeline.Data;
using Microsoft.ML;

namespace Fer.Pipeline.Models;

/// <summary>The columns of a mapped view: those of the input at their places, then those that the map makes.</summary>
internal sealed class FaceMapSchema
{
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    internal FaceMapSchema(DataViewSchema input, string faces, FaceMap map)
    {
        ArgumentNullException.ThrowIfNull(input);
        (Input, Map) = (input, map);
        Faces = FaceColumns.Find(input, faces);
        FacePixels.Check(Faces);
        var output = new DataViewSchema.Builder();
        output.AddColumns(input);
        map.AddColumns(output);
        Output = output.ToSchema();
    }

    internal FaceMap Map { get; }

    internal DataViewSchema Input { get; }

    internal DataViewSchema Output { get; }

    /// <summary>The column of the faces, in the input.</summary>
    internal DataViewSchema.Column Faces { get; }

    /// <summary>True for a column that the map makes.</summary>
    internal bool IsMade(DataViewSchema.Column column) => column.Index >= Input.Count;

    /// <summary>True where one of the columns that the map makes is asked for.</summary>
    internal bool AreAnyMade(bool[] active) => active.AsSpan(Input.Count).Contains(true);

    /// <summary>Which columns are asked for, by their index in the output.</summary>
    /// <exception cref="ArgumentException">One is of another view.</exception>
    internal bool[] Active(IEnumerable<DataViewSchema.Column> columns) => FaceColumns.Active(Output, columns);

    /// <summary>The columns of the input among those that are asked for.</summary>
    internal IEnumerable<DataViewSchema.Column> Through(bool[] active) => Input.Where(column => active[column.Index]);

    /// <summary>What reads a column that the map makes.</summary>
    /// <exception cref="InvalidOperationException">The column holds another type.</exception>
    internal ValueGetter<TValue> Getter<TValue>(DataViewSchema.Column column, Func<ReadOnlyMemory<float>> values) =>
        Map.Getter(column.Index - Input.Count, values) as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"The column '{column.Name}' holds {column.Type}, read as {column.Type.RawType}, not {typeof(TValue)}.");
}
