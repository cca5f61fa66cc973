using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Reports;
using Fer.Tests.Evaluation;

namespace Fer.Tests.Reports;

/// <summary>Made-up runs, among them one whose every text tries to break the page.</summary>
internal static class ReportSamples
{
    internal const string Hostile = "<script>alert('x')</script>\"&\u0001]]>--><svg onload=y>";

    internal static string Html() => ExperimentReport.ToHtml(Experiment("happy"));

    internal static FaceClassificationMetrics Metrics(IReadOnlyList<string> names, int rows = 300, int seed = 1)
    {
        var made = RandomPredictions.Make(seed, rows, names.Count);
        return FaceClassificationMetrics.Compute(made.Probabilities, made.Labels, names, imagesPerSecond: 1500);
    }

    /// <summary>Of flat grey faces with explained mistakes and a robustness table.</summary>
    internal static ErrorAnalysis Analysis(string[] names)
    {
        var made = RandomPredictions.Make(4, 60, names.Length);
        var faces = new FaceSet(
            names, [.. Enumerable.Range(0, 60).SelectMany(i => Enumerable.Range(0, Face.PixelCount).Select(p => (byte)(i * 3 + p % 48)))],
            made.Labels, [.. Enumerable.Range(0, 60).Select(i => (long)i)]);
        float[] Predict(FaceSet set) => [.. Enumerable.Range(0, set.Count).SelectMany(i => made.Probabilities.Take(names.Length))];
        var analysis = ErrorAnalysis.Compute(faces, made.Probabilities);
        return analysis with
        {
            Gallery = FaceGallery.Choose(faces, made.Probabilities, analysis.LabelErrors, most: 3),
            Robustness = Robustness.Measure(Predict, faces, most: 20),
            Mistakes = [ExplainedFace.Explain(faces, 3, Predict, null), ExplainedFace.Explain(faces, 4, Predict, null)],
        };
    }

    internal static EpochFigures[] Epochs(int count) =>
        [.. Enumerable.Range(1, count).Select(
            e => new EpochFigures(e, 1 - 0.8 / e, 0.7 - 0.5 / e, 2.0 / e, e == 2 ? double.NaN : 0.9 + 1.0 / e))];

    internal static ExperimentReportData Experiment(string text)
    {
        string[] names = [text, "sad", "neutral"];
        return new()
        {
            Title = text,
            Command = "fer experiment " + text,
            Notes = [text],
            DataDescription = text,
            DataHash = "sha256:00",
            ClassNames = names,
            Splits = [new("Training", [100, 50, 70]), new(text, [10, 5, 7])],
            Settings = [new(text, text)],
            Epochs = Epochs(12),
            BestEpoch = 9,
            Evaluations = [new(text, Metrics(names)), new("PrivateTest", Metrics(names, seed: 2)) { Analysis = Analysis(names) }],
            Trials =
            [
                new() { Number = 1, State = ReportTrialState.Completed, Seconds = 61, Score = 0.5, ImagesPerSecond = 900,
                    Epochs = Epochs(4), Settings = [new(text, "1"), new("BatchSize", "128")] },
                new() { Number = 2, State = ReportTrialState.Failed, Seconds = 3, Remark = text,
                    Settings = [new(text, "2"), new("BatchSize", "128")] },
                new() { Number = 3, State = ReportTrialState.Best, Seconds = 700, Score = 0.64, ImagesPerSecond = 300, Epochs = Epochs(12),
                    Settings = [new(text, "3"), new("BatchSize", "128")] },
                new() { Number = 4, State = ReportTrialState.Stopped, Seconds = 20, Score = 0.3, Epochs = Epochs(1),
                    Settings = [new(text, "4"), new("BatchSize", "128")] },
            ],
            Environment = [new("seed", "1"), new(text, text)],
        };
    }
}
