using System.IO.Compression;
using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

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

    internal static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }

    internal static List<Face> ReadAll(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema);
        var emotion = cursor.GetGetter<uint>(view.Schema[FaceColumns.Emotion]);
        var pixels = cursor.GetGetter<VBuffer<byte>>(view.Schema[FaceColumns.Pixels]);
        var usage = cursor.GetGetter<uint>(view.Schema[FaceColumns.Usage]);
        var row = cursor.GetGetter<long>(view.Schema[FaceColumns.Row]);
        var faces = new List<Face>();
        uint emotionKey = 0, usageKey = 0;
        long rowNumber = 0;
        VBuffer<byte> values = default;
        while (cursor.MoveNext())
        {
            emotion(ref emotionKey);
            pixels(ref values);
            usage(ref usageKey);
            row(ref rowNumber);
            faces.Add(new Face((Emotion)(emotionKey - 1), values.GetValues().ToArray(), (Usage)(usageKey - 1), rowNumber));
            Assert.Equal(faces.Count - 1, cursor.Position);
        }
        return faces;
    }
}
