using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using CsvHelper.Configuration;
using Fer.Pipeline.Data;

namespace Fer.Pipeline.Commands;

/// <summary>Times reading FER2013 into memory with the project's loader and with CsvHelper on the same unpacked file.</summary>
internal static class LoaderBenchmark
{
    internal static void Run(string path, bool json, CommandHost host, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new FerException($"{path}: there is no such file. Give the FER2013 CSV, plain or .gz.");
        string? unpacked = null;
        try
        {
            if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                // Unpacking costs both sides the same and would hide the difference.
                unpacked = Path.Combine(Path.GetTempPath(), $"fer-bench-{Environment.ProcessId}.csv");
                using var source = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
                using var target = File.Create(unpacked);
                source.CopyTo(target, 1 << 20);
            }
            string file = unpacked ?? path;
            // Once untimed, so that both sides find compiled code and the file in the system's cache.
            long rows = Ferml(file);
            double ferml = Enumerable.Range(0, 3).Min(_ => Seconds(() => Ferml(file), cancellationToken));
            long peerRows = 0;
            double peer = Seconds(() => peerRows = CsvHelperRows(file), cancellationToken);
            if (rows != peerRows) throw new FerException($"{path}: {rows} rows were read here and {peerRows} by CsvHelper.");
            double megabytes = new FileInfo(file).Length / 1e6;
            Write(host.Output, json, "FerMl", rows, ferml, megabytes);
            Write(host.Output, json, "CsvHelper", peerRows, peer, megabytes);
            if (!json) host.Output.WriteLine($"{(peer / ferml).ToString("F1", CultureInfo.InvariantCulture)} times as fast");
        }
        finally
        {
            if (unpacked is not null) File.Delete(unpacked);
        }
    }

    private static long Ferml(string file)
    {
        var dataset = FaceDataset.Load(file, LabelScheme.Seven);
        return dataset.Training.Count + dataset.Validation.Count + dataset.Test.Count;
    }

    /// <summary>What a program with CsvHelper does: fields by name, pixels split at spaces, each parsed to a byte.</summary>
    private static long CsvHelperRows(string file)
    {
        using var csv = new CsvReader(new StreamReader(file), new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        csv.ReadHeader();
        var pixels = new byte[FaceSet.PixelCount];
        long rows = 0, sum = 0;
        while (csv.Read())
        {
            sum += csv.GetField<int>("emotion");
            string[] numbers = csv.GetField("pixels")!.Split(' ');
            for (int i = 0; i < pixels.Length; i++) pixels[i] = byte.Parse(numbers[i], CultureInfo.InvariantCulture);
            sum += pixels[^1] + csv.GetField("Usage")!.Length;
            rows++;
        }
        return sum > 0 ? rows : 0;
    }

    private static double Seconds(Action work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Write(TextWriter output, bool json, string loader, long rows, double seconds, double megabytes)
    {
        if (!json)
        {
            output.WriteLine($"{loader,-10} {(rows / seconds).ToString("F0", CultureInfo.InvariantCulture),9} rows/s  {(megabytes / seconds).ToString("F0", CultureInfo.InvariantCulture),6} MB/s");
            return;
        }
        output.WriteLine(JsonText.Write(w =>
        {
            w.WriteStartObject();
            w.WriteString("loader", loader);
            w.WriteNumber("rows", rows);
            w.WriteFigure("rows_per_second", rows / seconds, 1);
            w.WriteFigure("megabytes_per_second", megabytes / seconds, 1);
            w.WriteEndObject();
        }, indented: false));
    }
}
