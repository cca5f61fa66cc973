using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>
/// The images of a folder data set (<see cref="ImageFolder"/>), made grey and 48x48. An image is decoded only where its pixels are asked
/// for.
/// </summary>
internal sealed class ImageFolderSource(string path, FaceViewOptions options) : FaceSource
{
    internal override string Name => path;

    internal override bool CanShuffle => true;

    internal override long? CountRows(LabelScheme scheme) =>
        options.OnBadRow is null ? ImageFolder.List(path).Count(image => scheme.ClassOf(image.Emotion) >= 0) : null;

    // Where broken images are skipped, all are decoded, so that every reader gives the same rows.
    internal override FaceReader Open(bool usage, bool pixels, long? seed) =>
        new Reader(path, options, pixels || options.OnBadRow is not null, seed);

    private sealed class Reader(string path, FaceViewOptions options, bool wantsPixels, long? seed) : FaceReader
    {
        private FolderImage[]? _images;
        private Usage[] _usage = [];
        private int[] _order = [];
        private int _next;
        private byte[] _pixels = [];

        internal override ReadOnlySpan<byte> Pixels => _pixels;

        internal override bool MoveNext()
        {
            if (_images is null) Open();
            while (_next < _order.Length)
            {
                int row = _order[_next++];
                if (wantsPixels && !Decode(row)) continue;
                (Row, Emotion, Usage) = (row, _images![row].Emotion, _usage[row]);
                return true;
            }
            return false;
        }

        private bool Decode(int row)
        {
            try
            {
                _pixels = ImageResizer.Resize(ImageDecoder.Load(_images![row].Path).ToGray(), Face.Side, Face.Side).Pixels;
                return true;
            }
            catch (FerException fault)
            {
                options.Report(fault);
                return false;
            }
        }

        private void Open()
        {
            _images = [.. ImageFolder.List(path)];
            // In the listed order, so that a shuffled reader gives each image the same split.
            var split = new StratifiedSplit(options.Seed);
            _usage = [.. _images.Select(image => image.Usage ?? split.Next(image.Emotion))];
            _order = [.. Enumerable.Range(0, _images.Length)];
            if (seed is { } fixedSeed) new RandomStream(fixedSeed).Shuffle<int>(_order);
        }
    }
}
