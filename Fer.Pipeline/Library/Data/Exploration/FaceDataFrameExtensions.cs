using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.Data.Analysis;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Turns views of faces into tables for exploring.</summary>
public static class FaceDataFrameExtensions
{
    /// <summary>
    /// Reads all faces that have a label into a table of a row each: <c>Row</c> (Int64, the row in the source), <c>Label</c> (text, the
    /// class name), <c>Usage</c> (text, where the view has it), <c>Brightness</c> (Single, the mean grey value, 0 … 255), <c>Contrast</c>
    /// (Single, the standard deviation of the grey values), <c>Duplicates</c> (Int32, how many other rows have the same pixels) and, where
    /// FER+ is joined, ten columns <c>Votes.happy</c> and so on (Single). The pixels themselves are not in the table; ML.NET's
    /// <c>ToDataFrame</c> makes one of the view's own columns.
    /// </summary>
    /// <param name="view">The faces.</param>
    /// <param name="labelColumn">A key whose KeyValues are text, or text.</param>
    /// <param name="imageColumn">A vector of 2,304 bytes or Singles from 0 to 255, or an <see cref="MLImage"/> of any size.</param>
    /// <exception cref="FerUsageException">A column is missing or holds neither labels nor faces.</exception>
    /// <exception cref="FerException">A row cannot be read.</exception>
    public static DataFrame ToFaceDataFrame(
        this IDataView view, string labelColumn = FaceColumns.Label, string imageColumn = FaceColumns.Pixels)
    {
        ArgumentNullException.ThrowIfNull(view);
        var label = FaceColumns.Find(view.Schema, labelColumn);
        var image = FaceColumns.Find(view.Schema, imageColumn);
        FacePixels.Check(image);
        var classNames = FaceClasses.NamesOf(view, label);
        var row = FaceColumns.FindRow(view.Schema);
        DataViewSchema.Column? usage = view.Schema.GetColumnOrNull(FaceColumns.Usage) is { Type: TextDataViewType } text ? text : null;
        var votes = view.Schema.GetColumnOrNull(FaceColumns.Votes);
        using var cursor = view.GetRowCursor(new[] { label, image, row, usage, votes }.OfType<DataViewSchema.Column>());
        var getLabel = FaceClasses.Reader(cursor, label, classNames, classNames);
        var getFace = FacePixels.Create(cursor, image);
        var getRow = row is { } rowColumn ? cursor.GetGetter<long>(rowColumn) : null;
        var getUsage = usage is { } usageColumn ? cursor.GetGetter<ReadOnlyMemory<char>>(usageColumn) : null;
        var getVotes = votes is { } votesColumn ? cursor.GetGetter<VBuffer<float>>(votesColumn) : null;

        var table = new FaceTable(getVotes is not null);
        var face = new byte[Face.PixelCount];
        var votesOfRow = new float[FerPlusVotes.VoteCount];
        VBuffer<float> buffer = default;
        ReadOnlyMemory<char> usageText = default;
        while (cursor.MoveNext())
        {
            int classIndex = getLabel();
            if (classIndex < 0) continue;
            getFace.CopyTo(face);
            long number = cursor.Position;
            getRow?.Invoke(ref number);
            getUsage?.Invoke(ref usageText);
            if (getVotes is not null)
            {
                getVotes(ref buffer);
                buffer.CopyTo(votesOfRow);
            }
            table.Add(number, classNames[classIndex], getUsage is null ? null : usageText.ToString(), face, votesOfRow);
        }
        return table.ToDataFrame();
    }
}
