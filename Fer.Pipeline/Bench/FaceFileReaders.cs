using System.Buffers.Text;
using CsvHelper;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Bench;

/// <summary>
/// Three readers of a FER2013 CSV that do the same job: label, split and 2,304 grey bytes of every row. Each returns the rows it read and a
/// sum over a few of their values, which is enough to see that all read the same and costs none of them much.
/// </summary>
internal static class FaceFileReaders
{
    /// <summary>This project's data view, plain or gzipped.</summary>
    internal static (long Rows, long Sum) Ours(string path)
    {
        var view = new MLContext().Data.LoadFer2013(path);
        var schema = view.Schema;
        using var cursor = view.GetRowCursor([schema[FaceColumns.Label], schema[FaceColumns.Pixels], schema[FaceColumns.Usage]]);
        var getLabel = cursor.GetGetter<uint>(schema[FaceColumns.Label]);
        var getPixels = cursor.GetGetter<VBuffer<byte>>(schema[FaceColumns.Pixels]);
        var getUsage = cursor.GetGetter<ReadOnlyMemory<char>>(schema[FaceColumns.Usage]);
        uint label = 0;
        VBuffer<byte> pixels = default;
        ReadOnlyMemory<char> usage = default;
        long rows = 0, sum = 0;
        for (; cursor.MoveNext(); rows++)
        {
            getLabel(ref label);
            getPixels(ref pixels);
            getUsage(ref usage);
            sum += Sum(label - 1, (uint)UsageNames.Parse(usage.Span), pixels.GetValues());
        }
        return (rows, sum);
    }

    /// <summary>CsvHelper at its fastest: its parser without record mapping, its fields turned into numbers by a plain loop.</summary>
    internal static (long Rows, long Sum) CsvHelper(string path)
    {
        using var reader = CsvReader.FromFile(path);
        reader.ReadHeader();
        int emotionAt = reader.GetFieldIndex("emotion"), pixelsAt = reader.GetFieldIndex("pixels"), usageAt = reader.GetFieldIndex("Usage");
        var pixels = new byte[Face.PixelCount];
        long rows = 0, sum = 0;
        for (; reader.Read(); rows++)
        {
            var text = reader.GetSpan(pixelsAt);
            int count = 0;
            while (Utf8Parser.TryParse(text, out byte value, out int used))
            {
                if (count == pixels.Length) break;
                pixels[count++] = value;
                if (used == text.Length)
                {
                    text = default;
                    break;
                }
                if (text[used] != ' ') break;
                text = text[(used + 1)..];
            }
            if (count != pixels.Length || !text.IsEmpty || !UsageNames.TryParse(reader.GetSpan(usageAt), out var usage))
                throw new FerException($"{path}, line {reader.LineNumber}: not a row of FER2013. Check the file with the command data.");
            sum += Sum(reader.Parse<uint>(emotionAt), (uint)usage, pixels);
        }
        return (rows, sum);
    }

    /// <summary>
    /// ML.NET's TextLoader as one would write it for this file: comma and blank separate, so that the pixels are a vector column of bytes.
    /// It parses on several threads by itself.
    /// </summary>
    internal static (long Rows, long Sum) TextLoader(string path)
    {
        FerCsvHeader header;
        using (var lines = new ByteLineReader(new DataInput(path).Open(), path)) header = FerCsvHeader.Read(lines, path);
        // Columns after the pixels stand as many places further on as there are pixels.
        int Place(int column) => column < header.Pixels ? column : column + Face.PixelCount - 1;
        var loader = new MLContext().Data.CreateTextLoader(new TextLoader.Options
        {
            HasHeader = true,
            Separators = [',', ' '],
            Columns =
            [
                new TextLoader.Column("Emotion", DataKind.Byte, Place(header.Emotion)),
                new TextLoader.Column("Pixels", DataKind.Byte, header.Pixels, header.Pixels + Face.PixelCount - 1),
                new TextLoader.Column("Usage", DataKind.String, Place(header.Usage)),
            ],
        });
        var view = loader.Load(new MultiFileSource(path));
        using var cursor = view.GetRowCursor(view.Schema);
        var getEmotion = cursor.GetGetter<byte>(view.Schema["Emotion"]);
        var getPixels = cursor.GetGetter<VBuffer<byte>>(view.Schema["Pixels"]);
        var getUsage = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Usage"]);
        byte emotion = 0;
        VBuffer<byte> buffer = default;
        var pixels = new byte[Face.PixelCount];
        ReadOnlyMemory<char> usage = default;
        long rows = 0, sum = 0;
        for (; cursor.MoveNext(); rows++)
        {
            getEmotion(ref emotion);
            getPixels(ref buffer);
            getUsage(ref usage);
            buffer.CopyTo(pixels);
            sum += Sum(emotion, (uint)UsageNames.Parse(usage.Span), pixels);
        }
        return (rows, sum);
    }

    private static long Sum(uint emotion, uint usage, ReadOnlySpan<byte> pixels) =>
        emotion + 10 * usage + 100 * pixels[0] + 1000 * pixels[1151] + 10_000 * pixels[^1];
}
