using Microsoft.ML;

namespace Fer.Pipeline.Models;

/// <summary>What a transformer makes of faces: one or more columns, whose values are computed for several faces at once.</summary>
internal abstract class FaceMap
{
    /// <summary>Values that are computed of a face, from which all columns are read.</summary>
    internal abstract int Length { get; }

    /// <summary>Adds the columns.</summary>
    internal abstract void AddColumns(DataViewSchema.Builder schema);

    /// <summary>Computes the values. For any thread.</summary>
    /// <param name="faces">[count, 48 * 48] grey values, 0 to 255.</param>
    /// <param name="count">Number of faces.</param>
    /// <returns>[count, <see cref="Length"/>] values, or more.</returns>
    internal abstract float[] Compute(ReadOnlySpan<float> faces, int count);

    /// <summary>What reads a column: a <c>ValueGetter</c> of its type.</summary>
    /// <param name="column">Which of the columns, in the order they were added.</param>
    /// <param name="values">Gives the values of the row at hand.</param>
    internal abstract Delegate Getter(int column, Func<ReadOnlyMemory<float>> values);

    /// <summary>Called when a cursor has computed more rows.</summary>
    /// <param name="rows">Rows that it has computed so far.</param>
    internal virtual void Report(long rows) { }
}
