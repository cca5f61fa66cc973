using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>
/// Picture files with labels, of a folder (<see cref="ImageFolder"/>) or a list (<see cref="ImageList"/>), made grey and 48x48. They are
/// listed once; a picture is decoded only where its pixels are asked for.
/// </summary>
internal sealed class ImageFileSource : FaceSource
{
    private readonly FaceViewOptions _options;
    private readonly Lazy<ImageListing> _listing;

    private ImageFileSource(string name, FaceViewOptions options, Func<ImageListing> list) =>
        (Name, _options, _listing) = (name, options, new Lazy<ImageListing>(list));

    internal static ImageFileSource OfFolder(string path, FaceViewOptions options) =>
        new(path, options, () => ImageFolder.List(path, options));

    internal static ImageFileSource OfList(DataInput file, FaceViewOptions options) =>
        new(file.Path, options, () => ImageList.Read(file, options));

    internal override string Name { get; }

    internal override bool CanShuffle => true;

    internal override IReadOnlyCollection<string> FindLabels()
    {
        string[] labels = [.. _listing.Value.Images.Select(image => image.Label).Distinct()];
        LabelMap.NoteNearEmotions(labels, _options.OnNote);
        return labels;
    }

    internal override long? CountRows(LabelScheme scheme) =>
        _options.OnBadRow is null ? _listing.Value.Images.Count(image => scheme.ClassOf(image.Label) >= 0) : null;

    // Where broken images are skipped, all are decoded, so that every reader gives the same rows.
    internal override FaceReader Open(LabelScheme? scheme, bool usage, bool pixels, long? seed) =>
        new Reader(_listing, _options, scheme, pixels || _options.OnBadRow is not null, seed);

    private sealed class Reader(
        Lazy<ImageListing> listing, FaceViewOptions options, LabelScheme? scheme, bool wantsPixels, long? seed) : FaceReader
    {
        private IReadOnlyList<LabelledImage>? _images;
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
                (Row, Label, Usage) = (row, _images![row].Label, _usage[row]);
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
            _images = listing.Value.Images;
            foreach (string fault in listing.Value.Faults) options.Report(new FerException(fault));
            CheckLabels();
            // In the listed order, so that a shuffled reader gives each image the same split.
            var split = new StratifiedSplit(options.Seed);
            _usage = [.. _images.Select(image => image.Usage ?? split.Next(image.Label))];
            _order = [.. Enumerable.Range(0, _images.Count)];
            if (seed is { } fixedSeed) new RandomStream(fixedSeed).Shuffle<int>(_order);
        }

        // A class that is misspelt would otherwise be left out without a word.
        private void CheckLabels()
        {
            if (scheme is not { IsOfEmotions: true }) return;
            foreach (var image in _images!.DistinctBy(image => image.Label))
                if (!EmotionNames.TryParse(image.Label, out _))
                    throw new FerException($"{image.Path}: {EmotionNames.Unknown(image.Label)} Rename it, map it " +
                        $"(--map {LabelText.Escape(image.Label)}=happy), or name your own classes with --classes.");
        }
    }
}
