using System.Buffers.Text;
using System.Diagnostics;
using CsvHelper;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Bench;

/// <summary>Speed of a reader of FER2013 over one file.</summary>
/// <param name="Reader">Who read.</param>
/// <param name="Rows">Rows read.</param>
/// <param name="Bytes">Bytes of CSV text.</param>
/// <param name="Seconds">Wall-clock time, the better of the passes.</param>
internal sealed record DataReaderSpeed(string Reader, long Rows, long Bytes, double Seconds)
{
    internal double RowsPerSecond => Rows / Seconds;

    internal double MegabytesPerSecond => Bytes / 1e6 / Seconds;
}

/// <summary>
/// This project's CSV reader against CsvHelper, both doing the same job: label, split and 2,304 grey bytes of every row.
/// CsvHelper is used at its fastest, its parser without record mapping, its fields turned into numbers by a plain loop.
/// </summary>
/// <param name="Ours">This project's reader on plain text.</param>
/// <param name="CsvHelper">CsvHelper on the same text.</param>
/// <param name="OursGzipped">This project's reader on the gzipped file; null where the file is plain. Inflating takes most of it.</param>
internal sealed record DataBenchmark(DataReaderSpeed Ours, DataReaderSpeed CsvHelper, DataReaderSpeed? OursGzipped)
{
    /// <summary>How many times faster this project's reader is on plain text.</summary>
    internal double Ratio => CsvHelper.Seconds / Ours.Seconds;

    /// <summary>Measures both readers on a FER2013 CSV; a gzipped one is unpacked into a temporary folder first.</summary>
    /// <param name="path">The file; it needs the columns emotion, pixels and Usage.</param>
    /// <param name="passes">Passes of each reader; the best counts.</param>
    /// <exception cref="FerException">The file cannot be read, or the readers disagree on what is in it.</exception>
    internal static DataBenchmark Measure(string path, int passes = 2)
    {
        var folder = Directory.CreateTempSubdirectory("fer-bench-");
        try
        {
            string plain = path;
            bool gzipped;
            using (var from = DataFile.Open(path))
            {
                gzipped = from is CheckedGzipStream;
                if (gzipped)
                {
                    plain = Path.Combine(folder.FullName, "plain.csv");
                    AtomicFile.Write(plain, from.CopyTo);
                }
            }
            long bytes = new FileInfo(plain).Length;
            var ours = Best("FerMl", bytes, passes, () => ReadOurs(plain));
            var theirs = Best("CsvHelper", bytes, passes, () => ReadCsvHelper(plain));
            if (ours.Sum != theirs.Sum || ours.Speed.Rows != theirs.Speed.Rows)
                throw new FerException($"{path}: the readers disagree, {ours.Speed.Rows} rows against {theirs.Speed.Rows}. Check the file with the command data.");
            return new DataBenchmark(ours.Speed, theirs.Speed, gzipped ? Best("FerMl, gzipped", bytes, passes, () => ReadOurs(path)).Speed : null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (DataReaderSpeed Speed, long Sum) Best(string reader, long bytes, int passes, Func<(long Rows, long Sum)> read)
    {
        double best = double.MaxValue;
        (long Rows, long Sum) result = default;
        for (int pass = 0; pass < passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            result = read();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return (new DataReaderSpeed(reader, result.Rows, bytes, best), result.Sum);
    }

    private static (long Rows, long Sum) ReadOurs(string path)
    {
        var view = new MLContext().Data.LoadFer2013(path);
        DataViewSchema.Column label = view.Schema[FaceColumns.Label], pixelColumn = view.Schema[FaceColumns.Pixels], split = view.Schema[FaceColumns.Usage];
        using var cursor = view.GetRowCursor([label, pixelColumn, split]);
        var getLabel = cursor.GetGetter<uint>(label);
        var getPixels = cursor.GetGetter<VBuffer<byte>>(pixelColumn);
        var getUsage = cursor.GetGetter<ReadOnlyMemory<char>>(split);
        uint emotion = 0;
        ReadOnlyMemory<char> usage = default;
        VBuffer<byte> pixels = default;
        long rows = 0, sum = 0;
        for (; cursor.MoveNext(); rows++)
        {
            getLabel(ref emotion);
            getPixels(ref pixels);
            getUsage(ref usage);
            sum += Sum(emotion - 1, (uint)UsageNames.Parse(usage.Span), pixels.GetValues());
        }
        return (rows, sum);
    }

    private static (long Rows, long Sum) ReadCsvHelper(string path)
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

    // A few values are enough to see that both read the same, and cost neither reader much.
    private static long Sum(uint emotion, uint usage, ReadOnlySpan<byte> pixels) =>
        emotion + 10 * usage + 100 * pixels[0] + 1000 * pixels[1151] + 10_000 * pixels[^1];
}
