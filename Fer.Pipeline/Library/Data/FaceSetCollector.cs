using System.Runtime.InteropServices;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Data;

/// <summary>Reads a view of faces once into one <see cref="FaceSet"/> a split.</summary>
internal sealed class FaceSetCollector : IDisposable
{
    private readonly IReadOnlyList<string> _classNames;
    private readonly LabelScheme? _scheme;
    private readonly PixelStore _pixels = new();
    private readonly List<int> _labels = [];
    private readonly List<Usage> _usage = [];
    private readonly List<long> _rows = [];
    private List<float>? _targets, _votes;

    /// <param name="classNames">The class names that labels count in.</param>
    /// <param name="scheme">What the classes take in, where votes may give the labels; null where only names are known.</param>
    internal FaceSetCollector(IReadOnlyList<string> classNames, LabelScheme? scheme) => (_classNames, _scheme) = (classNames, scheme);

    /// <summary>Sound rows that the view left out, because their face is of no class; known of this project's own views alone.</summary>
    internal int LeftOut { get; private set; }

    /// <summary>Reads all rows of the view that have a label.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="label">A key with names, or text.</param>
    /// <param name="image">A column that <see cref="FacePixels"/> reads.</param>
    /// <param name="usage">Text with the split of each row; null makes all of them Training.</param>
    /// <param name="votes">FER+'s votes, which become soft targets; null is none.</param>
    /// <param name="progress">Hears how many faces were read; null for nobody.</param>
    internal void Read(
        IDataView view,
        DataViewSchema.Column label,
        DataViewSchema.Column image,
        DataViewSchema.Column? usage,
        DataViewSchema.Column? votes,
        IProgress<FaceReadProgress>? progress = null)
    {
        long? total = progress is null ? null : view.GetRowCount();
        var rowColumn = FaceColumns.FindRow(view.Schema);
        DataViewSchema.Column?[] columns = [label, image, usage, votes, rowColumn];
        var own = label.Type is TextDataViewType ? _classNames : FaceClasses.NamesOf(view, label);
        using var cursor = view.GetRowCursor(columns.OfType<DataViewSchema.Column>());
        var getLabel = FaceClasses.Reader(cursor, label, own, _classNames);
        var getFace = FacePixels.Create(cursor, image);
        var getUsage = usage is { } split ? cursor.GetGetter<ReadOnlyMemory<char>>(split) : null;
        var getVotes = votes is { } voted ? cursor.GetGetter<VBuffer<float>>(voted) : null;
        var getRow = rowColumn is { } numbered ? cursor.GetGetter<long>(numbered) : null;
        bool votesAreLabels = _scheme is not null && FerPlusTarget.AreLabels(_scheme);
        if (getVotes is not null && votesAreLabels) _targets ??= [];
        else if (getVotes is not null) _votes ??= [];

        var face = new byte[Face.PixelCount];
        var target = new float[_classNames.Count];
        var votesOfRow = new float[FerPlusVotes.VoteCount];
        VBuffer<float> voteBuffer = default;
        ReadOnlyMemory<char> usageText = default;
        while (cursor.MoveNext())
        {
            int classIndex = getLabel();
            if (classIndex < 0) continue;
            if (getVotes is not null)
            {
                getVotes(ref voteBuffer);
                voteBuffer.CopyTo(votesOfRow);
                _votes?.AddRange(votesOfRow);
                // A face that the votes drop is not in a view whose labels they give; where it is all the same, its label is all there is.
                if (_targets is not null && !FerPlusTarget.TryCreate(votesOfRow, _scheme!, target, out _)) MakeHard(target, classIndex);
                _targets?.AddRange(target);
            }
            getFace.CopyTo(face);
            long row = cursor.Position;
            getRow?.Invoke(ref row);
            getUsage?.Invoke(ref usageText);
            _pixels.Add(face);
            _labels.Add(classIndex);
            _usage.Add(getUsage is null ? Usage.Training : UsageNames.Parse(usageText.Span));
            _rows.Add(row);
            if (_rows.Count % FaceReadProgress.Step == 0) progress?.Report(new FaceReadProgress(_rows.Count, total));
        }
        LeftOut += (cursor as FaceDataCursor)?.LeftOut ?? 0;
    }

    private static void MakeHard(Span<float> target, int label)
    {
        target.Clear();
        target[label] = 1;
    }

    /// <summary>Number of faces of a split.</summary>
    internal int Count(Usage usage) => _usage.Count(u => u == usage);

    /// <summary>Makes a share of each class's Training rows PublicTest.</summary>
    /// <returns>How many.</returns>
    internal int SplitValidation(double share, long seed)
    {
        int[] training = [.. Enumerable.Range(0, _usage.Count).Where(i => _usage[i] == Usage.Training)];
        int[] labels = [.. training.Select(i => _labels[i])];
        bool[] picked = StratifiedSplit.Pick(labels, _classNames.Count, share, seed);
        for (int i = 0; i < training.Length; i++)
            if (picked[i]) _usage[training[i]] = Usage.PublicTest;
        return picked.Count(p => p);
    }

    /// <summary>The face sets, by <see cref="Usage"/>; the faces gathered are gone after.</summary>
    /// <exception cref="FerException">A split holds more than an array can.</exception>
    internal FaceSet[] ToFaceSets()
    {
        int classes = _classNames.Count;
        var counts = new int[3];
        foreach (var usage in _usage) counts[(int)usage]++;
        if (counts.Max() > Face.MostInArray)
            throw new FerException(
                $"{counts.Max():N0} faces in one split are more than the {Face.MostInArray:N0} that fit. Use fewer rows.");

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
        return [.. Enumerable.Range(0, 3).Select(split =>
            new FaceSet(_classNames, pixels[split], labels[split], rows[split], targets[split]))];
    }

    /// <summary>What the votes of the Training faces say of their labels; the label itself where a face has no vote.</summary>
    private float[] Teach(List<float> votes, int[] labels)
    {
        int classes = _classNames.Count;
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
