using System.Runtime.InteropServices;
using Fer.Pipeline.Faces;
using Microsoft.ML;

namespace Fer.Pipeline.Data;

/// <summary>Looks through a data set once and tells what is in it and what is wrong with it.</summary>
public static class FaceDataAnalysis
{
    private const int Splits = 3;
    private const int RowsNamed = 20;
    private const int MessagesKept = 20;

    /// <summary>Reads all rows of a CSV, plain or gzipped, or folder of images. Broken rows are counted, not fatal.</summary>
    /// <param name="path">File or folder; null looks in the folder data of the repository and falls back to the sample faces.</param>
    /// <param name="options">Seed and number of sample faces; null is the defaults.</param>
    /// <exception cref="FerException">The data cannot be read at all: missing, no CSV of faces, damaged gzip.</exception>
    public static FaceDataReport Analyze(string? path, FaceDataOptions? options = null)
    {
        options ??= new FaceDataOptions();
        var problems = new List<string>();
        var notes = new List<string>();
        int problemCount = 0;
        var viewOptions = new FaceViewOptions
        {
            Seed = options.Seed,
            LabelMap = options.LabelMap,
            OnNote = notes.Add,
            OnBadRow = message =>
            {
                if (problemCount++ < MessagesKept) problems.Add(message);
            },
        };
        string? found = path ?? DataLocator.Find();
        FaceSource source = found is null ? new SampleFaceSource(options.SampleCount, options.Seed) : FaceSource.Of(found, viewOptions);
        // Of FER2013's numbers all emotions, contempt too, which a row may have by name.
        var labels = source.FindLabels();
        var scheme = labels is null ? LabelScheme.Eight : labels.Count < 2 ? null : LabelScheme.OfLabels(labels);
        scheme ??= LabelScheme.OfNames([.. labels!, .. Absent(labels!)]);
        var report = Analyze(new FaceDataView(source, scheme, votesPath: null), found ?? source.Name, options.Progress);
        return report with { ProblemCount = problemCount, Problems = problems, IsSample = found is null, Notes = notes };
    }

    // A scheme has two classes; of data with one, the other is not shown.
    private static string[] Absent(IReadOnlyCollection<string> labels) => labels.Contains("neutral") ? ["happy"] : ["neutral"];

    /// <summary>Reads all rows of a view of faces that have a label.</summary>
    /// <param name="view">
    /// The rows, with the columns Label, Pixels, Usage and Row of <see cref="FaceColumns"/>.
    /// </param>
    /// <param name="source">What the report calls them.</param>
    /// <param name="progress">Hears now and then how many faces were read; null for nobody.</param>
    /// <exception cref="FerUsageException">A column is missing or of another type.</exception>
    /// <exception cref="FerException">A row cannot be read.</exception>
    public static FaceDataReport Analyze(IDataView view, string source, IProgress<FaceReadProgress>? progress = null)
    {
        var schema = view.Schema;
        var label = FaceColumns.Find(schema, FaceColumns.Label);
        var image = FaceColumns.Find(schema, FaceColumns.Pixels);
        var split = FaceColumns.Find(schema, FaceColumns.Usage);
        var number = FaceColumns.Find(schema, FaceColumns.Row);
        var classNames = FaceClasses.NamesOf(view, label);
        using var cursor = view.GetRowCursor([label, image, split, number]);
        var getLabel = FaceClasses.Reader(cursor, label, classNames, classNames);
        var getFace = FacePixels.Create(cursor, image);
        var getUsage = cursor.GetGetter<ReadOnlyMemory<char>>(split);
        var getRow = cursor.GetGetter<long>(number);
        var counts = new int[Splits, classNames.Count];
        var images = new Dictionary<UInt128, Copies>();
        var blankRows = new List<long>();
        int blanks = 0;
        ReadOnlyMemory<char> usageText = default;
        long row = 0;
        var values = new byte[Face.PixelCount];
        long read = 0;
        long? total = progress is null ? null : view.GetRowCount();
        while (cursor.MoveNext())
        {
            int classIndex = getLabel();
            if (classIndex < 0) continue;
            getFace.CopyTo(values);
            getUsage(ref usageText);
            getRow(ref row);
            int usage = (int)UsageNames.Parse(usageText.Span);
            counts[usage, classIndex]++;
            if (!values.AsSpan().ContainsAnyExcept(values[0]))
            {
                if (blanks++ < RowsNamed) blankRows.Add(row);
            }
            CollectionsMarshal.GetValueRefOrAddDefault(images, PixelHash.Of(values), out _).Add(usage, classIndex);
            if (++read % FaceReadProgress.Step == 0) progress?.Report(new FaceReadProgress(read, total));
        }
        return Summarize(source, classNames, counts, images.Values, blanks, blankRows);
    }

    private static FaceDataReport Summarize(
        string source, IReadOnlyList<string> classNames, int[,] counts, IEnumerable<Copies> images, int blanks, List<long> blankRows)
    {
        var extraWithin = new int[Splits];
        var alsoInTraining = new int[Splits];
        int groups = 0, extra = 0, across = 0, conflicting = 0;
        foreach (var image in images)
        {
            if (image.Count < 2) continue;
            groups++;
            extra += image.Count - 1;
            int splits = 0;
            for (int s = 0; s < Splits; s++)
            {
                int here = image.InSplit(s);
                if (here == 0) continue;
                splits++;
                extraWithin[s] += here - 1;
                if (s != (int)Usage.Training && image.InSplit((int)Usage.Training) > 0) alsoInTraining[s] += here;
            }
            if (splits > 1) across++;
            if (image.HasSeveralClasses) conflicting++;
        }
        return new FaceDataReport
        {
            Source = source,
            ClassNames = classNames,
            Splits = [.. Enumerable.Range(0, Splits).Select(s => new SplitSummary(
                (Usage)s,
                [.. Enumerable.Range(0, counts.GetLength(1)).Select(e => counts[s, e])],
                extraWithin[s],
                alsoInTraining[s]))],
            DuplicatedImages = groups,
            DuplicateRows = extra,
            DuplicatedAcrossSplits = across,
            ConflictingDuplicates = conflicting,
            BlankCount = blanks,
            BlankRows = blankRows,
        };
    }

    /// <summary>How often an image is there: a count a split, and whether its rows agree on the class.</summary>
    private struct Copies
    {
        private int _training, _publicTest, _privateTest;
        // Of the first row, from 1.
        private int _class;

        internal readonly int Count => _training + _publicTest + _privateTest;

        internal bool HasSeveralClasses { get; private set; }

        internal readonly int InSplit(int split) => split switch { 0 => _training, 1 => _publicTest, _ => _privateTest };

        internal void Add(int split, int classIndex)
        {
            if (split == 0) _training++;
            else if (split == 1) _publicTest++;
            else _privateTest++;
            if (_class == 0) _class = classIndex + 1;
            else if (_class != classIndex + 1) HasSeveralClasses = true;
        }
    }
}
