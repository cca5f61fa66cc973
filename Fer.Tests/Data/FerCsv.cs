using System.IO.Compression;
using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Tests.Data;

/// <summary>Makes small FER2013 files and reads views row by row.</summary>
internal static class FerCsv
{
    internal sealed record Face(Emotion Emotion, byte[] Pixels, Usage Usage, long Row);

    /// <summary>Text of a face's pixels; each seed has its own.</summary>
    internal static string Pixels(int seed, int count = Fer.Pipeline.Faces.Face.PixelCount) => string.Join(' ', PixelValues(seed, count));

    internal static byte[] PixelValues(int seed, int count = Fer.Pipeline.Faces.Face.PixelCount)
    {
        var random = new RandomStream(seed);
        var pixels = new byte[count];
        for (int i = 0; i < count; i++) pixels[i] = (byte)random.NextInt32(256);
        return pixels;
    }

    /// <summary>A file of <paramref name="rows"/> rows, emotions 0 … 6 in turn.</summary>
    internal static string File(int rows, string usage = "Training")
    {
        var text = new StringBuilder("emotion,pixels,Usage\n");
        for (int i = 0; i < rows; i++) text.Append($"{i % 7},{Pixels(i)},{usage}\n");
        return text.ToString();
    }

    internal static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    internal static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(bytes);
        return stream.ToArray();
    }

    internal static IDataView Load(string path, FaceViewOptions? options = null) =>
        new MLContext().Data.LoadFer2013(path, options: options);

    internal static List<Face> ReadAll(IDataView view)
    {
        var label = view.Schema[FaceColumns.Label];
        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetKeyValues(ref names);
        using var cursor = view.GetRowCursor(view.Schema.Where(column => column.Name is not FaceColumns.Image));
        var getLabel = cursor.GetGetter<uint>(label);
        var pixels = cursor.GetGetter<VBuffer<byte>>(view.Schema[FaceColumns.Pixels]);
        var usage = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema[FaceColumns.Usage]);
        var row = cursor.GetGetter<long>(view.Schema[FaceColumns.Row]);
        var faces = new List<Face>();
        uint key = 0;
        ReadOnlyMemory<char> usageText = default;
        long rowNumber = 0;
        VBuffer<byte> values = default;
        while (cursor.MoveNext())
        {
            getLabel(ref key);
            pixels(ref values);
            usage(ref usageText);
            row(ref rowNumber);
            var emotion = EmotionNames.Parse(names.GetItemOrDefault((int)key - 1).ToString());
            faces.Add(new Face(emotion, values.DenseValues().ToArray(), Enum.Parse<Usage>(usageText.Span), rowNumber));
            Assert.Equal(faces.Count - 1, cursor.Position);
        }
        return faces;
    }
}
