using System.Buffers.Binary;
using System.Security.Cryptography;
using Fer.Pipeline.Faces;

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
        int problemCount = 0;
        var viewOptions = new FaceViewOptions
        {
            Seed = options.Seed,
            OnBadRow = message =>
            {
                if (problemCount++ < MessagesKept) problems.Add(message);
            },
        };
        string? found = path ?? DataLocator.FindIn(DataLocator.DataFolder);
        var view = found is null ? FaceDataView.LoadSamples(options.SampleCount, options.Seed) : FaceDataView.Load(found, viewOptions);
        var report = Analyze(view, found ?? "sample faces");
        return report with { ProblemCount = problemCount, Problems = problems, IsSample = found is null };
    }

    /// <summary>Reads all rows of a view with the columns of <see cref="FaceColumns"/>.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="source">What the report calls them.</param>
    public static FaceDataReport Analyze(IDataView view, string source)
    {
        var schema = view.Schema;
        using var cursor = view.GetRowCursor([schema[FaceColumns.Emotion], schema[FaceColumns.Pixels], schema[FaceColumns.Usage], schema[FaceColumns.Row]]);
        var getEmotion = cursor.GetGetter<uint>(schema[FaceColumns.Emotion]);
        var getPixels = cursor.GetGetter<VBuffer<byte>>(schema[FaceColumns.Pixels]);
        var getUsage = cursor.GetGetter<uint>(schema[FaceColumns.Usage]);
        var getRow = cursor.GetGetter<long>(schema[FaceColumns.Row]);
        var counts = new int[Splits, EmotionNames.All.Count];
        var images = new Dictionary<UInt128, Copies>();
        var blankRows = new List<long>();
        int blanks = 0;
        uint emotion = 0, usage = 0;
        long row = 0;
        VBuffer<byte> pixels = default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        while (cursor.MoveNext())
        {
            getEmotion(ref emotion);
            getPixels(ref pixels);
            getUsage(ref usage);
            getRow(ref row);
            counts[usage - 1, emotion - 1]++;
            var values = pixels.GetValues();
            if (!values.ContainsAnyExcept(values[0]))
            {
                if (blanks++ < RowsNamed) blankRows.Add(row);
            }
            SHA256.HashData(values, hash);
            System.Runtime.InteropServices.CollectionsMarshal
                .GetValueRefOrAddDefault(images, BinaryPrimitives.ReadUInt128BigEndian(hash), out _)
                .Add((int)usage - 1, (int)emotion - 1);
        }
        return Summarize(source, counts, images.Values, blanks, blankRows);
    }

    private static FaceDataReport Summarize(string source, int[,] counts, IEnumerable<Copies> images, int blanks, List<long> blankRows)
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
            if (image.HasSeveralEmotions) conflicting++;
        }
        return new FaceDataReport
        {
            Source = source,
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

    /// <summary>How often an image is there: a count a split, and the emotions it carries as bits.</summary>
    private struct Copies
    {
        private int _training, _publicTest, _privateTest;
        private uint _emotions;

        internal readonly int Count => _training + _publicTest + _privateTest;

        internal readonly bool HasSeveralEmotions => System.Numerics.BitOperations.PopCount(_emotions) > 1;

        internal readonly int InSplit(int split) => split switch { 0 => _training, 1 => _publicTest, _ => _privateTest };

        internal void Add(int split, int emotion)
        {
            if (split == 0) _training++;
            else if (split == 1) _publicTest++;
            else _privateTest++;
            _emotions |= 1u << emotion;
        }
    }
}
