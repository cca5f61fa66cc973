using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// A CSV with a face a row, as Kaggle has FER2013, plain or gzipped. Any column order, fields quoted or not, LF or CRLF, with or without a
/// byte order mark; blank lines are passed over. A label is FER2013's number 0 … 6, or any name. Without a Usage column rows are split by
/// <see cref="StratifiedSplit"/>.
/// </summary>
internal sealed class FerCsvSource(DataInput file, FaceViewOptions options) : FaceSource
{
    private IReadOnlyCollection<string>? _labels;

    internal FerCsvSource(string path, FaceViewOptions options) : this(new DataInput(path), options) { }

    internal override string Name => file.Path;

    internal override bool CanShuffle => false;

    internal override IReadOnlyCollection<string>? FindLabels()
    {
        if (_labels is not null) return _labels;
        var labels = new HashSet<string>();
        // What is wrong with a row is told when the faces are read.
        var quiet = options with { OnBadRow = _ => { } };
        using var reader = new FerCsvReader(file, quiet, scheme: null, usage: false, pixels: false, checks: false);
        while (reader.MoveNext())
        {
            if (reader.HasNumbers) return null;
            labels.Add(reader.Label);
        }
        LabelMap.NoteNearEmotions(labels, options.OnNote);
        return _labels = labels;
    }

    internal override long? CountRows(LabelScheme scheme) => null;

    internal override FaceReader Open(LabelScheme? scheme, bool usage, bool pixels, long? seed) =>
        new FerCsvReader(file, options, scheme, usage, pixels, checks: options.OnBadRow is not null);
}
