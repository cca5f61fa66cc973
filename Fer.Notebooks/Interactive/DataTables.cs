using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Reports;
using Microsoft.Data.Analysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Pipeline.Interactive;

/// <summary>Data as tables.</summary>
internal static class DataTables
{
    private const int MostRows = 20, PreviewRows = 5, MostColumns = 30, MostItems = 6;

    internal static Table Of(FaceDataset dataset)
    {
        var splits = Splits(dataset);
        return new([new("class", Numeric: false), .. splits.SelectMany(split => new[] { new TableColumn($"{split.Usage}"), new("share") })],
        [
            .. dataset.Scheme.ClassNames.Select((name, k) => (IReadOnlyList<string>)[name, .. splits.SelectMany(split =>
                new[] { Numbers.Count(split.Counts[k]), Numbers.Percent((double)split.Counts[k] / split.Faces.Count) })]),
            ["all", .. splits.SelectMany(split => new[] { Numbers.Count(split.Faces.Count), "" })],
        ]);
    }

    /// <summary>The splits that have faces.</summary>
    internal static IReadOnlyList<(Usage Usage, FaceSet Faces, int[] Counts)> Splits(FaceDataset dataset) =>
        [.. Enum.GetValues<Usage>().Where(usage => dataset[usage].Count > 0)
            .Select(usage => (usage, dataset[usage], dataset[usage].CountByClass()))];

    internal static Table Of(FaceDataReport report) => new([new("what", Numeric: false), new("count")],
    [
        ["rows", Numbers.Count(report.RowCount)],
        ["images that are there more than once", Numbers.Count(report.DuplicatedImages)],
        ["rows too many because of it", Numbers.Count(report.DuplicateRows)],
        ["of these images, in more than one split", Numbers.Count(report.DuplicatedAcrossSplits)],
        ["of these images, with different labels", Numbers.Count(report.ConflictingDuplicates)],
        ["blank images", Numbers.Count(report.BlankCount)],
        ["rows that cannot be read", Numbers.Count(report.ProblemCount)],
    ]);

    internal static Table Of(DataViewSchema schema) => new([new("column", Numeric: false), new("type", Numeric: false)],
        [.. schema.Where(column => !column.IsHidden).Select(column => (IReadOnlyList<string>)[column.Name, $"{column.Type}"])]);

    /// <summary>The first rows of a view. Vectors show their first items, keys their names; images are not decoded.</summary>
    internal static Table Preview(IDataView view)
    {
        var columns = view.Schema.Where(column => !column.IsHidden && column.Type is not ImageDataViewType).Take(MostColumns).ToArray();
        var shown = new MLContext().Transforms.SelectColumns([.. columns.Select(column => column.Name)]).Fit(view).Transform(view);
        var keys = columns.ToDictionary(column => column.Name, KeyNames);
        return new([.. columns.Select(column => new TableColumn($"{column.Name}: {column.Type}", column.Type is NumberDataViewType))],
            [.. shown.Preview(PreviewRows).RowView.Select(row => (IReadOnlyList<string>)[.. columns.Select(
                column => Cell(row.Values.First(value => value.Key == column.Name).Value, keys[column.Name]))])]);
    }

    private static string[] KeyNames(DataViewSchema.Column column)
    {
        if (column.Type is not KeyDataViewType
            || column.Annotations.Schema.GetColumnOrNull("KeyValues") is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
            return [];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue("KeyValues", ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static string Cell(object? value, string[] keys) => value switch
    {
        uint key when keys.Length > 0 => key == 0 || key > keys.Length ? "" : keys[key - 1],
        VBuffer<byte> bytes => Items(bytes),
        VBuffer<float> numbers => Items(numbers),
        VBuffer<double> numbers => Items(numbers),
        VBuffer<ReadOnlyMemory<char>> texts => Items(texts),
        _ => Numbers.Cell(value),
    };

    private static string Items<T>(VBuffer<T> vector) =>
        string.Join(", ", vector.DenseValues().Take(MostItems).Select(item => Numbers.Cell(item)))
        + (vector.Length > MostItems ? ", …" : "");

    internal static Table Of(DataFrame frame)
    {
        var columns = frame.Columns.Take(MostColumns).ToArray();
        long shown = Math.Min(frame.Rows.Count, MostRows);
        return new([.. columns.Select(column => new TableColumn(column.Name, column.DataType != typeof(string)))],
        [
            .. Enumerable.Range(0, (int)shown).Select(
                row => (IReadOnlyList<string>)[.. columns.Select(column => Numbers.Cell(column[row]))]),
            .. frame.Rows.Count > shown
                ? new IReadOnlyList<string>[] { [$"… {Numbers.Count(frame.Rows.Count)} rows", .. columns.Skip(1).Select(_ => "")] } : [],
        ]);
    }
}
