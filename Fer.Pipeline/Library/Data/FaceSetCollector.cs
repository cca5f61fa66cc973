using System.Runtime.InteropServices;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>Reads a view of faces once into one <see cref="FaceSet"/> a split, with the classes of a scheme.</summary>
internal sealed class FaceSetCollector : IDisposable
{
    private readonly LabelScheme _scheme;
    private readonly PixelStore _pixels = new();
    private readonly List<int> _labels = [];
    private readonly List<Usage> _usage = [];
    private readonly List<long> _rows = [];
    private List<float>? _targets, _votes;

    internal FaceSetCollector(LabelScheme scheme) => _scheme = scheme;

    /// <summary>Rows whose emotion is none of the scheme's, or that FER+'s votes drop.</summary>
    internal int LeftOut { get; private set; }

    /// <summary>
    /// True where FER+'s votes give the labels: only they know contempt. Elsewhere the labels stay FER2013's, so that accuracy means the same with and
    /// without votes, and the soft targets of the Training faces are what their votes say of those labels.
    /// </summary>
    internal bool VotesAreLabels => _scheme.ClassOf(Emotion.Contempt) >= 0;

    /// <summary>Reads all rows of the view; its votes become soft targets where it has them.</summary>
    internal void Read(IDataView view)
    {
        var schema = view.Schema;
        var votesColumn = schema.GetColumnOrNull(FaceColumns.Votes);
        using var cursor = view.GetRowCursor(schema);
        var getEmotion = cursor.GetGetter<uint>(schema[FaceColumns.Emotion]);
        var getPixels = cursor.GetGetter<VBuffer<byte>>(schema[FaceColumns.Pixels]);
        var getUsage = cursor.GetGetter<uint>(schema[FaceColumns.Usage]);
        var getRow = cursor.GetGetter<long>(schema[FaceColumns.Row]);
        var getVotes = votesColumn is null ? null : cursor.GetGetter<VBuffer<float>>(votesColumn);
        if (getVotes is not null)
        {
            if (VotesAreLabels) _targets = [];
            else _votes = [];
        }

        var target = new float[_scheme.ClassNames.Count];
        uint emotion = 0, usage = 0;
        long row = 0;
        VBuffer<byte> pixels = default;
        VBuffer<float> votes = default;
        while (cursor.MoveNext())
        {
            getEmotion(ref emotion);
            int label = _scheme.ClassOf((Emotion)(emotion - 1));
            bool kept = label >= 0;
            if (getVotes is not null)
            {
                getVotes(ref votes);
                if (VotesAreLabels) kept = FerPlusTarget.TryCreate(votes.GetValues(), _scheme, target, out label);
                else if (kept) _votes!.AddRange(votes.GetValues());
            }
            if (!kept)
            {
                LeftOut++;
                continue;
            }
            getPixels(ref pixels);
            getUsage(ref usage);
            getRow(ref row);
            _pixels.Add(pixels.GetValues());
            _labels.Add(label);
            _usage.Add((Usage)(usage - 1));
            _rows.Add(row);
            _targets?.AddRange(target);
        }
    }

    /// <summary>Number of faces of a split.</summary>
    internal int Count(Usage usage) => _usage.Count(u => u == usage);

    /// <summary>Makes a share of each class's Training rows PublicTest.</summary>
    /// <returns>How many.</returns>
    internal int SplitValidation(double share, long seed)
    {
        int[] training = [.. Enumerable.Range(0, _usage.Count).Where(i => _usage[i] == Usage.Training)];
        int[] labels = [.. training.Select(i => _labels[i])];
        bool[] picked = StratifiedSplit.Pick(labels, _scheme.ClassNames.Count, share, seed);
        for (int i = 0; i < training.Length; i++)
            if (picked[i]) _usage[training[i]] = Usage.PublicTest;
        return picked.Count(p => p);
    }

    /// <summary>The face sets, by <see cref="Usage"/>; the faces gathered are gone after.</summary>
    /// <exception cref="FerException">A split holds more than an array can.</exception>
    internal FaceSet[] ToFaceSets()
    {
        int classes = _scheme.ClassNames.Count;
        var counts = new int[3];
        foreach (var usage in _usage) counts[(int)usage]++;
        if (counts.Max() > Face.MostInArray)
            throw new FerException($"{counts.Max():N0} faces in one split are more than the {Face.MostInArray:N0} that fit. Use fewer rows.");

        byte[][] pixels = [.. counts.Select(count => GC.AllocateUninitializedArray<byte>(count * Face.PixelCount))];
        int[][] labels = [.. counts.Select(count => new int[count])];
        long[][] rows = [.. counts.Select(count => new long[count])];
        float[]?[] targets = [.. counts.Select(count => _targets is null ? null : new float[count * classes])];
        var next = new int[3];
        _pixels.Drain(i =>
        {
            int split = (int)_usage[i], place = next[split]++;
            labels[split][place] = _labels[i];
            rows[split][place] = _rows[i];
            for (int c = 0; targets[split] is { } soft && c < classes; c++) soft[place * classes + c] = _targets![i * classes + c];
            return pixels[split].AsSpan(place * Face.PixelCount, Face.PixelCount);
        });
        if (_votes is not null) targets[(int)Usage.Training] = Teach(_votes, labels[(int)Usage.Training]);
        return [.. Enumerable.Range(0, 3).Select(split => new FaceSet(_scheme.ClassNames, pixels[split], labels[split], rows[split], targets[split]))];
    }

    /// <summary>What the votes of the Training faces say of their labels; the label itself where a face has no vote.</summary>
    private float[] Teach(List<float> votes, int[] labels)
    {
        int classes = _scheme.ClassNames.Count;
        var theirs = new float[labels.Length * FerPlusVotes.VoteCount];
        int next = 0;
        for (int row = 0; row < _usage.Count; row++)
            if (_usage[row] == Usage.Training) Of(row, CollectionsMarshal.AsSpan(votes)).CopyTo(Of(next++, theirs));
        var model = FerPlusLabels.Fit(theirs, labels, classes);
        var targets = new float[labels.Length * classes];
        for (int i = 0; i < labels.Length; i++)
            if (!model.TryCopyTo(Of(i, theirs), targets.AsSpan(i * classes, classes))) targets[i * classes + labels[i]] = 1;
        return targets;

        static Span<float> Of(int row, Span<float> all) => all.Slice(row * FerPlusVotes.VoteCount, FerPlusVotes.VoteCount);
    }

    public void Dispose() => _pixels.Dispose();
}
