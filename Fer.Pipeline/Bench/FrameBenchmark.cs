using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Server;

namespace Fer.Bench;

/// <summary>Times the server's work on a camera's frames, one after the other: from a file's bytes to its faces' emotions.</summary>
internal static class FrameBenchmark
{
    private const int LeastWarmUp = 20;

    /// <exception cref="FerException">The picture or the model cannot be read.</exception>
    internal static async Task<FrameFigure> RunAsync(
        string modelPath, string picture, double seconds, TimeSpan warmUp, int threads, CancellationToken cancellationToken)
    {
        byte[] file = ImageDecoder.ReadFile(picture);
        using var model = FerModel.Load(modelPath, threads);
        var options = new ServeOptions();
        using var faces = new BlazeFaces(options.Photographs, options.Frames, threads);
        var metrics = new ServerMetrics();
        await using var served =
            new ServedModel("", model, ownsModel: false, options with { Threads = threads }, metrics, TimeProvider.System);
        using var analyzer = new PictureAnalyzer(faces, options, metrics, TimeProvider.System, UnusedMemory.GiveBack);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < LeastWarmUp || Stopwatch.GetElapsedTime(start) < warmUp; i++) await AskAsync().ConfigureAwait(false);

        var answers = new List<(double Milliseconds, PictureAnswer Answer)>();
        start = Stopwatch.GetTimestamp();
        do answers.Add(await AskAsync().ConfigureAwait(false));
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var first = answers[0].Answer;
        return new FrameFigure(Path.GetFileName(picture), first.Width, first.Height, first.Faces.Count, answers.Count / elapsed,
            [.. answers.Select(a => a.Milliseconds).Order()],
            new StageTimes(Mean(t => t.Decode), Mean(t => t.Detect), Mean(t => t.Queue), Mean(t => t.Classify)));

        double Mean(Func<StageTimes, double> stage) => answers.Average(a => stage(a.Answer.Times));

        async Task<(double Milliseconds, PictureAnswer Answer)> AskAsync()
        {
            long asked = Stopwatch.GetTimestamp();
            try
            {
                var answer = await analyzer.AnalyzeAsync(file, picture, FaceChoice.DetectInFrame, new Turn("", analyzer), served,
                    beside: null, budget: null, cancellationToken).ConfigureAwait(false);
                return (Stopwatch.GetElapsedTime(asked).TotalMilliseconds, answer);
            }
            catch (RequestProblem e)
            {
                throw new FerException(e.Message, e);
            }
        }
    }
}

/// <summary>How fast a picture's frames were answered.</summary>
/// <param name="Picture">The file's name.</param>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Faces">Faces found.</param>
/// <param name="FramesPerSecond">Frames answered a second.</param>
/// <param name="Milliseconds">From a frame's bytes to its answer, ascending.</param>
/// <param name="Stages">Where they went, on average.</param>
internal sealed record FrameFigure(
    string Picture, int Width, int Height, int Faces, double FramesPerSecond, double[] Milliseconds, StageTimes Stages)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Picture}, {Width} x {Height}, {Faces} {(Faces == 1 ? "face" : "faces")}: {FramesPerSecond:F1} frames/s; {Percentiles}
        milliseconds: decode {Stages.Decode:F1}, detect {Stages.Detect:F1}, queue {Stages.Queue:F1}, classify {Stages.Classify:F1}
        """);

    private string Percentiles => string.Create(CultureInfo.InvariantCulture,
        $"half within {Bootstrap.Percentile(Milliseconds, 0.5):F1} ms, 95 % within {Bootstrap.Percentile(Milliseconds, 0.95):F1} ms");

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("picture", Picture);
        json.WriteNumber("width", Width);
        json.WriteNumber("height", Height);
        json.WriteNumber("faces", Faces);
        json.WriteFigure("frames_per_second", FramesPerSecond, 2);
        json.WriteFigure("p50_ms", Bootstrap.Percentile(Milliseconds, 0.5), 2);
        json.WriteFigure("p95_ms", Bootstrap.Percentile(Milliseconds, 0.95), 2);
        json.WriteFigure("decode_ms", Stages.Decode, 3);
        json.WriteFigure("detect_ms", Stages.Detect, 3);
        json.WriteFigure("queue_ms", Stages.Queue, 3);
        json.WriteFigure("classify_ms", Stages.Classify, 3);
        json.WriteEndObject();
    }
}
