using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// The FER2013 CSV as Kaggle has it, plain or gzipped. Any column order, fields quoted or not, LF or CRLF, with or without a UTF-8 byte
/// order mark; blank lines are passed over. An emotion is its number 0 … 6 or a name. Without a Usage column rows are split by
/// <see cref="StratifiedSplit"/>.
/// </summary>
internal sealed class FerCsvSource(string path, FaceViewOptions options) : FaceSource
{
    internal override string Name => path;

    internal override bool CanShuffle => false;

    internal override long? CountRows(LabelScheme scheme) => null;

    internal override FaceReader Open(bool usage, bool pixels, long? seed) => new FerCsvReader(path, options, usage, pixels);
}
