using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Reports;
using Microsoft.ML;

namespace Fer.Pipeline.Interactive;

/// <summary>A data set in charts, one line each.</summary>
public static class DataPlots
{
    /// <summary>The share of each class in every split that has faces.</summary>
    public static BarChart PlotClasses(this FaceDataset dataset)
    {
        var splits = DataTables.Splits(dataset);
        var first = splits[0];
        int most = Array.IndexOf(first.Counts, first.Counts.Max()), fewest = Array.IndexOf(first.Counts, first.Counts.Min());
        var names = dataset.Scheme.ClassNames;
        return new()
        {
            Title = "Classes: shares of each split",
            Description = $"Of {first.Usage}, {Numbers.Percent((double)first.Counts[most] / first.Faces.Count)} are {names[most]} and "
                + $"{Numbers.Percent((double)first.Counts[fewest] / first.Faces.Count)} {names[fewest]}.",
            Categories = names,
            Series = [.. splits.Select(split => new BarSeries($"{split.Usage} ({Numbers.Count(split.Faces.Count)})",
                [.. split.Counts.Select(count => (double)count / split.Faces.Count)]))],
            CategoryName = "class",
            ValueName = "share of the split",
            Format = ValueFormat.Percent,
        };
    }

    /// <summary>The same of a data view with labels and splits; its rows are read once.</summary>
    /// <exception cref="FerException">The view has no face, or a row cannot be read.</exception>
    public static BarChart PlotClasses(this IDataView faces) => FaceDataset.FromDataView(faces).PlotClasses();

    /// <summary>The first faces with their labels.</summary>
    public static ImageGrid PlotFaces(this FaceSet faces, int count = 14, int columns = 7)
    {
        int shown = Math.Min(count, faces.Count);
        return new()
        {
            Title = $"The first {Numbers.Count(shown)} of {Numbers.Count(faces.Count)} faces",
            Description = "Faces with their labels.",
            Items = [.. Enumerable.Range(0, shown).Select(i => new ImageGridItem(FaceGrids.Picture(faces, i),
                faces.ClassNames[faces.Label(i)]))],
            Columns = columns,
        };
    }

    /// <summary>The first faces of each class, a row a class.</summary>
    public static ImageGrid PlotFacesByClass(this FaceSet faces, int perClass = 8) => new()
    {
        Title = "Faces of each class",
        Description = $"The first {perClass} faces of each class.",
        Items = [.. Enumerable.Range(0, faces.ClassNames.Count).SelectMany(label => FaceGrids.Padded(
            faces, [.. Enumerable.Range(0, faces.Count).Where(i => faces.Label(i) == label).Take(perClass)], label, perClass))],
        Columns = perClass,
    };

    /// <summary>The mean of all faces of each class.</summary>
    public static ImageGrid PlotMeanFaces(this FaceSet faces)
    {
        int[] counts = faces.CountByClass();
        return new()
        {
            Title = "Mean faces",
            Description = "The mean of the faces of each class.",
            Items = [.. faces.ClassNames.Select((name, label) => new ImageGridItem(FaceGrids.Mean(faces, label), name)
            {
                Note = $"{Numbers.Count(counts[label])} faces",
            })],
            Columns = faces.ClassNames.Count,
        };
    }

    /// <summary>How the faces are lit: mean grey value and its standard deviation, split by split.</summary>
    public static ChartRow PlotBrightness(this FaceDataset dataset) => new(
    [
        Histogram(dataset, "Brightness", "mean grey value, 0 to 255", FaceProperties.Brightness),
        Histogram(dataset, "Contrast", "standard deviation of the grey values", FaceProperties.Contrast),
    ]);

    /// <summary>
    /// FER2013's labels against the majority of FER+'s votes for the same faces; empty where there are no votes. Faces that the votes find
    /// unclear do not count.
    /// </summary>
    /// <param name="dataset">Read from the CSV that the votes belong to.</param>
    /// <param name="votesFile">FER+'s fer2013new.csv; null looks beside the CSV.</param>
    /// <exception cref="FerException">The votes cannot be read or belong to other data.</exception>
    public static ConfusionHeatMap PlotVotes(this FaceDataset dataset, string? votesFile = null)
    {
        if (dataset.IsSample || !File.Exists(dataset.Source)) return Votes(dataset, null);
        votesFile ??= Path.Combine(Path.GetDirectoryName(Path.GetFullPath(dataset.Source))!, "fer2013new.csv");
        return Votes(dataset, !File.Exists(votesFile) ? null
            : FaceDataset.Load(dataset.Source, LabelScheme.Eight, new() { FerPlusFile = votesFile }));
    }

    private static ConfusionHeatMap Votes(FaceDataset dataset, FaceDataset? votes)
    {
        string[] names = [.. LabelScheme.Eight.ClassNames];
        int[] index = [.. dataset.Scheme.ClassNames.Select(name => Array.IndexOf(names, name))];
        if (Array.FindIndex(index, found => found < 0) is var missing and >= 0)
        {
            throw new FerUsageException(
                $"FER+ knows no class '{dataset.Scheme.ClassNames[missing]}': load the faces with LabelScheme.Seven.");
        }
        var counts = names.Select(_ => new int[names.Length]).ToArray();
        foreach (var usage in Enum.GetValues<Usage>())
        {
            if (votes is null) break;
            var (labels, other) = (dataset[usage], votes[usage]);
            var byRow = Enumerable.Range(0, other.Count).ToDictionary(other.Row, other.Label);
            for (int i = 0; i < labels.Count; i++)
                if (byRow.TryGetValue(labels.Row(i), out int voted)) counts[index[labels.Label(i)]][voted]++;
        }
        var matrix = new ConfusionMatrix(names, counts);
        return new()
        {
            Title = "The label in FER2013 against the majority of FER+'s votes",
            Description = matrix.Total == 0 ? "No FER+ votes lie beside this data."
                : $"They agree on {Numbers.Percent((double)matrix.Correct / matrix.Total)} of {Numbers.Count(matrix.Total)} faces.",
            Matrix = matrix,
            RowName = "FER2013",
            ColumnName = "FER+",
        };
    }

    private static HistogramChart Histogram(
        FaceDataset dataset, string title, string axis, Func<ReadOnlySpan<byte>, double> property)
    {
        var splits = DataTables.Splits(dataset);
        double[] Values(FaceSet faces)
        {
            var values = new double[faces.Count];
            for (int i = 0; i < values.Length; i++) values[i] = property(faces.Pixels(i));
            return values;
        }
        var series = splits.Select(split => new HistogramSeries($"{split.Usage}", Values(split.Faces))).ToArray();
        return new()
        {
            Title = title,
            Description = string.Join("; ", series.Select(
                one => $"{one.Name}: {Numbers.Decimals(one.Values.Average(), "0.0")} on average")),
            Series = series,
            XName = axis,
            Format = ValueFormat.Count,
        };
    }
}
