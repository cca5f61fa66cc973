using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fer.Output;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Server;

namespace Fer.Bench;

/// <summary>
/// The server under load on this machine: face crops over many connections, beside the same model's batched inference without a server
/// before and after. The client shares the processors, so what it takes counts against the server.
/// </summary>
internal static class ServeBenchmark
{
    private const int DirectBatch = 64;

    internal static async Task<ServeFigure> RunAsync(
        string path, int connections, double seconds, int threads, CancellationToken cancellationToken)
    {
        using var model = FerModel.Load(path, threads);
        var pixels = new byte[Face.PixelCount];
        SampleFaces.Draw(1, 0, pixels);
        byte[] picture = PngEncoder.Encode(new GrayImage(Face.Side, Face.Side, [.. pixels]));
        byte[] request = LoadClient.Post("/v1/predict?faces=whole", "image/png", picture);
        var before = Direct(model, pixels, Math.Min(2, seconds), cancellationToken);
        var options = new ServeOptions { Listen = "127.0.0.1:0", MaxRequestsPerClient = Math.Max(64, connections), LogSeconds = 0 };
        List<LoadClient> clients;
        double elapsed, processor;
        List<double> memory = [];
        await using (var server = await FerServer.StartAsync(model, options, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            int port = new Uri(server.Url).Port;
            clients = [.. Enumerable.Range(0, connections).Select(_ => new LoadClient(port, request))];
            // A warm-up that is not counted: until the hot methods are compiled fully.
            LoadClient[] warm = [.. clients.Select(_ => new LoadClient(port, request))];
            await AskAsync(warm, Math.Min(5, seconds), memory, cancellationToken).ConfigureAwait(false);
            memory.Clear();
            double used = ProcessorSeconds();
            elapsed = await AskAsync(clients, seconds, memory, cancellationToken).ConfigureAwait(false);
            processor = ProcessorSeconds() - used;
        }
        var after = Direct(model, pixels, Math.Min(2, seconds), cancellationToken);
        var statuses = clients.SelectMany(c => c.Statuses).GroupBy(s => s.Key).OrderBy(g => g.Key)
            .ToDictionary(g => g.Key, g => g.Sum(s => s.Value));
        float[] milliseconds = [.. clients.SelectMany(c => c.Milliseconds).Order()];
        // The first half fills caches and the heap; the second shows whether memory keeps growing.
        return new ServeFigure(connections, elapsed, milliseconds.Length / elapsed, (before.FacesPerSecond + after.FacesPerSecond) / 2,
            1000 * processor / Math.Max(1, milliseconds.Length), (before.ProcessorMilliseconds + after.ProcessorMilliseconds) / 2,
            milliseconds, statuses,
            memory.Take((memory.Count + 1) / 2).Max(), memory.Skip(memory.Count / 2).Max());
    }

    private static async Task<double> AskAsync(
        IReadOnlyList<LoadClient> clients, double seconds, List<double> memory, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        bool IsOver() => cancellationToken.IsCancellationRequested || Stopwatch.GetElapsedTime(start).TotalSeconds >= seconds;
        var all = Task.WhenAll(clients.Select(client => Task.Run(() => client.RunAsync(IsOver, cancellationToken), cancellationToken)));
        var pause = TimeSpan.FromSeconds(Math.Clamp(seconds / 20, 0.05, 5));
        do
        {
            using var process = Process.GetCurrentProcess();
            memory.Add(process.WorkingSet64 / 1048576.0);
        }
        while (await Task.WhenAny(all, Task.Delay(pause, cancellationToken)).ConfigureAwait(false) != all);
        await all.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double ProcessorSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Faces a second of the model alone, and the processor time of each.</summary>
    private static (double FacesPerSecond, double ProcessorMilliseconds) Direct(
        FerModel model, byte[] pixels, double seconds, CancellationToken cancellationToken)
    {
        byte[] faces = [.. Enumerable.Repeat(pixels, DirectBatch).SelectMany(p => p)];
        model.Predict(faces, DirectBatch);
        long start = Stopwatch.GetTimestamp();
        double used = ProcessorSeconds();
        int done = 0;
        for (; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; done += DirectBatch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            model.Predict(faces, DirectBatch);
        }
        return (done / Stopwatch.GetElapsedTime(start).TotalSeconds, 1000 * (ProcessorSeconds() - used) / done);
    }
}

/// <summary>What the server did under load.</summary>
/// <param name="Connections">Connections that asked at a time.</param>
/// <param name="Seconds">How long.</param>
/// <param name="FacesPerSecond">Answers of status 200 a second, each of one face.</param>
/// <param name="DirectFacesPerSecond">The model's faces a second without a server, the mean of before and after.</param>
/// <param name="ProcessorMilliseconds">Processor time a face, the client's included.</param>
/// <param name="DirectProcessorMilliseconds">And of the model alone.</param>
/// <param name="Milliseconds">From sending to the whole answer, ascending.</param>
/// <param name="Statuses">Answers by status; 0 counts broken connections.</param>
/// <param name="EarlyMebibytes">The process's most memory in the first half.</param>
/// <param name="LateMebibytes">And in the second.</param>
internal sealed record ServeFigure(int Connections, double Seconds, double FacesPerSecond, double DirectFacesPerSecond,
    double ProcessorMilliseconds, double DirectProcessorMilliseconds,
    IReadOnlyList<float> Milliseconds, IReadOnlyDictionary<int, int> Statuses, double EarlyMebibytes, double LateMebibytes)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Connections} connections, {Seconds:F1} s: {FacesPerSecond:F0} faces/s, {Ratio:F2} of the model's {DirectFacesPerSecond:F0} alone
        processor milliseconds a face, the client's included: {ProcessorMilliseconds:F2}, the model alone {DirectProcessorMilliseconds:F2}
        milliseconds: half within {Percentile(0.5):F1}, 95 % within {Percentile(0.95):F1}, 99 % within {Percentile(0.99):F1}
        answers: {string.Join(", ", Statuses.Select(s => $"{s.Value} of {StatusName(s.Key)}"))}
        memory: at most {EarlyMebibytes:F0} MiB in the first half, {LateMebibytes:F0} MiB in the second
        """);

    /// <summary>What the server keeps of the model's speed.</summary>
    private double Ratio => FacesPerSecond / DirectFacesPerSecond;

    private static string StatusName(int status) =>
        status == 0 ? "broken connections" : "status " + status.ToString(CultureInfo.InvariantCulture);

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("connections", Connections);
        json.WriteFigure("seconds", Seconds, 2);
        json.WriteFigure("faces_per_second", FacesPerSecond, 1);
        json.WriteFigure("direct_faces_per_second", DirectFacesPerSecond, 1);
        json.WriteFigure("ratio", Ratio, 3);
        json.WriteFigure("processor_ms", ProcessorMilliseconds, 3);
        json.WriteFigure("direct_processor_ms", DirectProcessorMilliseconds, 3);
        json.WriteFigure("p50_ms", Percentile(0.5), 2);
        json.WriteFigure("p95_ms", Percentile(0.95), 2);
        json.WriteFigure("p99_ms", Percentile(0.99), 2);
        json.WriteStartObject("statuses");
        foreach (var (status, count) in Statuses) json.WriteNumber(status.ToString(CultureInfo.InvariantCulture), count);
        json.WriteEndObject();
        json.WriteFigure("early_mebibytes", EarlyMebibytes, 1);
        json.WriteFigure("late_mebibytes", LateMebibytes, 1);
        json.WriteEndObject();
    }

    private double Percentile(double share) => Milliseconds.Count == 0 ? double.NaN : Milliseconds[(int)(share * (Milliseconds.Count - 1))];
}
