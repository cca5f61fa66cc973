using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>The images of a folder data set (<see cref="ImageFolder"/>), made grey and 48x48. An image is decoded only where its pixels are asked for.</summary>
internal sealed class ImageFolderView(string path, FaceViewOptions options) : IDataView
{
    public DataViewSchema Schema => FaceColumns.Schema;

    public bool CanShuffle => true;

    public long? GetRowCount() => ImageFolder.List(path).Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, long? seed = null) =>
        new Cursor(path, options, Schema, columnsNeeded, seed);

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly string _path;
        private readonly FaceViewOptions _options;
        private readonly bool _wantsPixels;
        private readonly long? _seed;
        private FolderImage[]? _images;
        private Usage[] _usage = [];
        private int[] _order = [];
        private int _next;
        private int _row;
        private byte[] _pixels = [];

        public Cursor(string path, FaceViewOptions options, DataViewSchema schema, IEnumerable<DataViewSchema.Column> needed, long? seed) : base(schema, needed)
        {
            (_path, _options, _seed) = (path, options, seed);
            _wantsPixels = IsColumnActive(schema[FaceColumns.Pixels]);
        }

        private protected override bool MoveNextCore()
        {
            if (_images is null) Open();
            while (_next < _order.Length)
            {
                _row = _order[_next++];
                if (!_wantsPixels) return true;
                try
                {
                    _pixels = ImageResizer.Resize(ImageDecoder.Load(_images![_row].Path).ToGray(), Face.Side, Face.Side).Pixels;
                    return true;
                }
                catch (FerException fault)
                {
                    _options.Report(fault);
                }
            }
            return false;
        }

        private void Open()
        {
            _images = [.. ImageFolder.List(_path)];
            // In the listed order, so that a shuffled cursor gives each image the same split.
            var split = new StratifiedSplit(_options.Seed);
            _usage = [.. _images.Select(image => image.Usage ?? split.Next(image.Emotion))];
            _order = [.. Enumerable.Range(0, _images.Length)];
            if (_seed is { } seed) new RandomStream(seed).Shuffle<int>(_order);
        }

        internal override Delegate CreateGetter(DataViewSchema.Column column) => column.Name switch
        {
            FaceColumns.Emotion => new ValueGetter<uint>((ref uint value) => value = (uint)_images![_row].Emotion + 1),
            FaceColumns.Pixels => new ValueGetter<VBuffer<byte>>((ref VBuffer<byte> value) => value.Assign(_pixels)),
            FaceColumns.Usage => new ValueGetter<uint>((ref uint value) => value = (uint)_usage[_row] + 1),
            _ => new ValueGetter<long>((ref long value) => value = _row),
        };
    }
}
