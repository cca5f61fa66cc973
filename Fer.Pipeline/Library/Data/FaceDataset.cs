using Fer.Pipeline.Faces;
using Microsoft.Data.Analysis;
using Microsoft.ML;

namespace Fer.Pipeline.Data;

/// <summary>A data set in memory, split, with the classes of a label scheme.</summary>
public sealed class FaceDataset
{
    private const int MessagesKept = 20;
    private readonly FaceSet[] _sets;
    private readonly FerPlusJoin? _votes;

    private FaceDataset(LabelScheme scheme, FaceSet[] sets, string source, FerPlusJoin? votes) =>
        (Scheme, _sets, Source, _votes) = (scheme, sets, source, votes);

    /// <summary>Where FER2013 is to be had and where it goes.</summary>
    public static string WhereToGetData { get; } =
        "FER2013 is on Kaggle, in \"Challenges in Representation Learning: Facial Expression Recognition Challenge\" " +
        $"(https://www.kaggle.com/c/challenges-in-representation-learning-facial-expression-recognition-challenge). Put fer2013.csv, " +
        $"fer2013.csv.gz or icml_face_data.csv into {DataLocator.DataFolder}, or name the file with --data.";

    /// <summary>The classes.</summary>
    public LabelScheme Scheme { get; }

    /// <summary>Faces to fit on; empty where the data has none.</summary>
    public FaceSet Training => _sets[(int)Usage.Training];

    /// <summary>Faces to choose on (PublicTest); empty where the data has none.</summary>
    public FaceSet Validation => _sets[(int)Usage.PublicTest];

    /// <summary>Faces to score once (PrivateTest); empty where the data has none.</summary>
    public FaceSet Test => _sets[(int)Usage.PrivateTest];

    /// <summary>The faces of a split, empty where the data has none.</summary>
    public FaceSet this[Usage usage] => _sets[(int)usage];

    /// <summary>What was read: a path, or "sample faces".</summary>
    public string Source { get; }

    /// <summary>True where the labels, not only soft targets, come from FER+'s votes.</summary>
    public bool HasVotesAsLabels { get; private init; }

    /// <summary>True where no data was found and faces were drawn instead.</summary>
    public bool IsSample { get; private init; }

    /// <summary>What the user should know, a sentence or two each: no data found, a validation split made, rows left out.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Broken rows and images that were skipped.</summary>
    public int SkippedCount { get; private init; }

    /// <summary>Messages of the first 20 that were skipped.</summary>
    public IReadOnlyList<string> SkippedMessages { get; private init; } = [];

    /// <summary>Sound rows that the scheme, or FER+'s votes, leave out.</summary>
    public int LeftOutCount { get; private init; }

    /// <summary>
    /// Reads a data set: a CSV, plain or gzipped, or a folder of images; found by itself in the folder data; or drawn where there is none.
    /// </summary>
    /// <param name="path">File or folder; null looks in the folder data of the repository and falls back to the sample faces.</param>
    /// <param name="scheme">
    /// The classes; null takes those of the data's own labels, FER2013's seven where they are its numbers, and the options' merges.
    /// </param>
    /// <param name="options">Null is the defaults.</param>
    /// <exception cref="FerException">The data cannot be read; the message says where and what to do.</exception>
    /// <exception cref="FerUsageException">
    /// The scheme needs FER+ votes and there are none for this data, or an option is out of range.
    /// </exception>
    public static FaceDataset Load(string? path, LabelScheme? scheme = null, FaceDataOptions? options = null)
    {
        options ??= new FaceDataOptions();
        if (options.SampleCount < 1) throw new FerUsageException($"{options.SampleCount} sample faces: one is the least.");
        if (options.ValidationShare is not (> 0 and < 1))
            throw new FerUsageException($"A validation share of {options.ValidationShare} is not between 0 and 1.");

        var notes = new List<string>();
        var messages = new List<string>();
        int skipped = 0;
        var viewOptions = new FaceViewOptions
        {
            Seed = options.Seed,
            LabelMap = options.LabelMap,
            OnNote = notes.Add,
            OnBadRow = !options.SkipBadRows ? null : message =>
            {
                if (skipped++ < MessagesKept) messages.Add(message);
            },
        };

        string? found = path ?? DataLocator.Find();
        FaceSource from;
        if (found is null)
        {
            from = new SampleFaceSource(options.SampleCount, options.Seed);
            notes.Add($"No data in {DataLocator.DataFolder}: using {options.SampleCount:N0} drawn sample faces instead. {WhereToGetData}");
        }
        else
        {
            from = FaceSource.Of(found, viewOptions);
        }
        string source = from.Name;
        scheme ??= from.FindScheme(options.Merges);
        var view = new FaceDataView(from, scheme, FerPlusVotes.Find(from, scheme, options.FerPlusFile));
        if (view.Join is { } join) notes.Add($"Soft labels from {join.VotesPath}.");

        using var collector = new FaceSetCollector(scheme.ClassNames, scheme);
        var schema = view.Schema;
        var votes = schema.GetColumnOrNull(FaceColumns.Votes);
        collector.Read(view, schema[FaceColumns.Label], schema[FaceColumns.Pixels], schema[FaceColumns.Usage], votes, options.Progress);
        if (skipped > 0) notes.Add($"{skipped:N0} bad rows skipped.");
        var sets = Split(collector, scheme, source, options, notes);
        return new FaceDataset(scheme, sets, source, view.Join)
        {
            IsSample = found is null,
            HasVotesAsLabels = view.VotesAreLabels,
            Notes = notes,
            SkippedCount = skipped,
            SkippedMessages = messages,
            LeftOutCount = collector.LeftOut,
        };
    }

    /// <summary>
    /// Reads a data view into memory, for instance one that ML.NET's filters and transforms have been applied to. Where it has the column
    /// Votes, they become soft targets.
    /// </summary>
    /// <param name="view">
    /// Faces with their splits, as <c>ml.Data.LoadFer2013</c>, <c>LoadFaceFolder</c> and <c>SampleFaces</c> give them.
    /// </param>
    /// <param name="imageColumn">A vector of 2,304 bytes or Singles from 0 to 255, or images of any size.</param>
    /// <param name="options">How a view without PublicTest rows is split; null is the defaults.</param>
    /// <exception cref="FerUsageException">A column is missing, or there are fewer than two classes.</exception>
    /// <exception cref="FerException">The view has no face, or a row cannot be read.</exception>
    public static FaceDataset FromDataView(IDataView view, string imageColumn = FaceColumns.Pixels, FaceDataOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        var label = FaceColumns.Find(view.Schema, FaceColumns.Label);
        var image = FaceColumns.Find(view.Schema, imageColumn);
        FacePixels.Check(image);
        var scheme = FaceClasses.SchemeOf(label) ?? LabelScheme.OfNames(FaceClasses.NamesOf(view, label));
        var votes = view.Schema.GetColumnOrNull(FaceColumns.Votes);
        var notes = new List<string>();
        using var collector = new FaceSetCollector(scheme.ClassNames, scheme);
        collector.Read(view, label, image, FaceColumns.Find(view.Schema, FaceColumns.Usage), votes);
        var sets = Split(collector, scheme, "data view", options ?? new FaceDataOptions(), notes);
        return new FaceDataset(scheme, sets, "data view", votes: null)
        {
            HasVotesAsLabels = votes is not null && FerPlusTarget.AreLabels(scheme),
            Notes = notes,
            LeftOutCount = collector.LeftOut,
        };
    }

    private static FaceSet[] Split(
        FaceSetCollector collector, LabelScheme scheme, string source, FaceDataOptions options, List<string> notes)
    {
        if (collector.LeftOut > 0) notes.Add($"{collector.LeftOut:N0} faces left out: none of {string.Join(", ", scheme.ClassNames)}.");
        if (collector.Count(Usage.Training) > 0 && collector.Count(Usage.PublicTest) == 0)
        {
            int moved = collector.SplitValidation(options.ValidationShare, options.Seed);
            notes.Add("The data has no PublicTest rows: " +
                $"{moved:N0} Training faces, the same share of each class (seed {options.Seed}), became the validation split.");
        }
        var sets = collector.ToFaceSets();
        if (sets.All(set => set.Count == 0))
            throw new FerException($"{source}: no face of the classes {string.Join(", ", scheme.ClassNames)}. " +
                "Check the file, or choose another scheme.");
        if (TeachingCheck.Note(sets[(int)Usage.Training], sets[(int)Usage.PublicTest]) is { } note) notes.Add(note);
        return sets;
    }

    /// <summary>
    /// A table for exploring with a row a face, split after split: <c>Row</c> (Int64, the row in the source), <c>Label</c> (text, the class
    /// name), <c>Usage</c> (text), <c>Brightness</c> (Single, the mean grey value, 0 … 255), <c>Contrast</c> (Single, the standard
    /// deviation of the grey values), <c>Duplicates</c> (Int32, how many other rows have the same pixels) and, where FER+ is joined, ten
    /// columns <c>Votes.happy</c> and so on (Single).
    /// </summary>
    public DataFrame ToDataFrame()
    {
        var table = new FaceTable(_votes is not null);
        Span<float> votes = stackalloc float[FerPlusVotes.VoteCount];
        foreach (var usage in Enum.GetValues<Usage>())
        {
            var set = this[usage];
            for (int i = 0; i < set.Count; i++)
            {
                _votes?.CopyTo(set.Row(i), set.Pixels(i), votes);
                table.Add(set.Row(i), Scheme.ClassNames[set.Label(i)], usage.ToString(), set.Pixels(i), votes);
            }
        }
        return table.ToDataFrame();
    }
}
