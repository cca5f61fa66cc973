using System.Diagnostics;
using Fer.Pipeline;
using Fer.Pipeline.Data;

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
/// This project's data view against CsvHelper and ML.NET's TextLoader (<see cref="FaceFileReaders"/>), on one file in one run.
/// </summary>
/// <param name="Ours">This project's view on plain text.</param>
/// <param name="CsvHelper">CsvHelper on the same text.</param>
/// <param name="TextLoader">ML.NET's TextLoader on the same text.</param>
/// <param name="OursGzipped">This project's view on the gzipped file; null where the file is plain. Inflating takes most of it.</param>
internal sealed record DataBenchmark(
    DataReaderSpeed Ours, DataReaderSpeed CsvHelper, DataReaderSpeed TextLoader, DataReaderSpeed? OursGzipped)
{
    /// <summary>How many times faster this project's reader is on plain text than <paramref name="other"/>.</summary>
    internal double Ratio(DataReaderSpeed other) => other.Seconds / Ours.Seconds;

    /// <summary>Measures the readers on a FER2013 CSV; a gzipped one is unpacked into a temporary folder first.</summary>
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
            using (var from = new DataInput(path).Open())
            {
                gzipped = from is CheckedGzipStream;
                if (gzipped)
                {
                    plain = Path.Combine(folder.FullName, "plain.csv");
                    AtomicFile.Write(plain, from.CopyTo);
                }
            }
            long bytes = new FileInfo(plain).Length;
            var ours = Best("FerMl", bytes, passes, () => FaceFileReaders.Ours(plain));
            var csvHelper = Best("CsvHelper", bytes, passes, () => FaceFileReaders.CsvHelper(plain));
            var textLoader = Best("TextLoader", bytes, passes, () => FaceFileReaders.TextLoader(plain));
            foreach (var (speed, sum) in (ReadOnlySpan<(DataReaderSpeed, long)>)[csvHelper, textLoader])
            {
                if (ours.Sum == sum && ours.Speed.Rows == speed.Rows) continue;
                throw new FerException($"{path}: the readers disagree, {ours.Speed.Rows} rows against {speed.Rows} of {speed.Reader}. " +
                    "Check the file with the command data.");
            }
            var inflated = gzipped ? Best("FerMl, gzipped", bytes, passes, () => FaceFileReaders.Ours(path)).Speed : null;
            return new DataBenchmark(ours.Speed, csvHelper.Speed, textLoader.Speed, inflated);
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
}
