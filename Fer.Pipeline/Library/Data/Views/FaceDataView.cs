using Fer.Pipeline.Faces;
using Microsoft.ML;

namespace Fer.Pipeline.Data;

/// <summary>
/// The rows of a source as ML.NET reads them, with the columns of <see cref="FaceColumns"/>: those whose face is of one of the scheme's
/// classes. Lazy: nothing is read before a cursor moves, and a column not asked for is not read.
/// </summary>
internal sealed class FaceDataView : IDataView
{
    /// <param name="source">The rows.</param>
    /// <param name="scheme">The classes.</param>
    /// <param name="votesPath">FER+'s fer2013new.csv, joined row by row, or its folder, joined by picture; null is none.</param>
    internal FaceDataView(FaceSource source, LabelScheme scheme, string? votesPath)
    {
        (Source, Scheme) = (source, scheme);
        Join = votesPath is null ? null : Directory.Exists(votesPath) ? new FerPlusPictureJoin(source.Name, votesPath)
            : new FerPlusRowJoin(source.Name, votesPath);
        Schema = FaceColumns.CreateSchema(scheme, votesPath is not null);
    }

    internal FaceSource Source { get; }

    internal LabelScheme Scheme { get; }

    /// <summary>FER+'s votes, or null.</summary>
    internal FerPlusJoin? Join { get; }

    /// <summary>True where FER+'s votes give the labels.</summary>
    internal bool VotesAreLabels => Join is not null && FerPlusTarget.AreLabels(Scheme);

    public DataViewSchema Schema { get; }

    public bool CanShuffle => Source.CanShuffle;

    public long? GetRowCount() => VotesAreLabels ? null : Source.CountRows(Scheme);

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new FaceDataCursor(this, columnsNeeded, CanShuffle ? rand?.NextInt64() : null);

    /// <summary>One cursor: a file is read from front to end, and drawing uses all cores by itself.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
