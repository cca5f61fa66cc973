using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Scores a saved model on a split of a data set.</summary>
internal sealed class EvaluateCommand : ICommand
{
    /// <summary>Time from which on it is said beforehand how long a report takes.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly Option<string?> _model = ModelOption.Create(orOnnx: true);
    private readonly OnnxModelOptions _onnx = new();
    private readonly DataOptions _data = new();
    private readonly Option<Usage?> _usage = UsageOption.Create();
    private readonly Option<int?> _seed =
        Values.Whole("--seed", "Seed of the sample faces and of splits that the data does not name", 0, int.MaxValue, 1);
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();
    private readonly Option<bool> _json = Values.Flag("--json", "The metrics as JSON");
    private readonly Option<string?> _report =
        Values.Text("--report", "Writes an HTML report as well, with an analysis of the errors", "FILE");
    private readonly Option<string?> _svg = Values.Text("--svg", "Writes the report's charts as SVG files, for papers", "FOLDER");
    private readonly Option<int?> _robustness =
        Values.Whole("--robustness", "Faces that the report's robustness table uses at most; 0 leaves it out", 0, int.MaxValue, 500);
    private readonly Option<int?> _faces =
        Values.Whole("--faces", "Faces that the report shows and explains; 0 keeps pictures out of it", 0, 100, 12);

    public string Name => "evaluate";

    public string Description => "Scores a model zip on a split of a data set.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("evaluate --model artifacts/experiment/model.zip", "scores on PublicTest of what is in data/"),
        ("evaluate --model model.zip --data fer2013.csv --usage PrivateTest --json", "all metrics as JSON"),
        ("evaluate --model keras.onnx --classes angry,disgust,fear,happy,sad,surprise,neutral --preprocessing unit",
            "another program's classifier"),
        ("evaluate --model model.zip --report report.html", "also writes charts, tables and an analysis of the errors"),
    ];

    public IEnumerable<Option> Options =>
        [_model, .. _onnx.All, .. _data.Source, _usage, _seed, _threads, _json, _report, _svg, _robustness, _faces];

    public bool EndsAtOnce => true;

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        var (model, path) = ModelOption.Load(result, _model, _onnx, host, result.GetValue(_threads) ?? 0);
        using var _ = model;
        var usage = result.GetValue(_usage)!.Value;
        var dataset = _data.Load(result, host, result.GetValue(_seed) ?? 1, ModelScheme.Of(model, path));
        var faces = ModelScheme.Faces(dataset, usage);
        var (metrics, probabilities) = Score(model, faces, host, cancellationToken);
        if (result.GetValue(_json)) host.Output.WriteLine(metrics.ToJson());
        else Write(host.Output, metrics, $"{host.Shorten(path)} on {faces.Count} {usage} faces of {dataset.Source}");
        string? report = result.GetValue(_report), svg = result.GetValue(_svg);
        if (report is null && svg is null) return Task.FromResult(ExitCode.Done);

        var analysis = Analyze(result, host, model, faces, (metrics.ImagesPerSecond ?? 0, probabilities), cancellationToken);
        var data = new ExperimentReportData
        {
            Title = $"{model.Manifest.Architecture} on {usage}",
            Command = TypedCommand.Of(result, host).Typed,
            DataDescription = dataset.IsSample ? "Faces drawn by the program" : Path.GetFileName(dataset.Source),
            IsFer2013 = DataLocator.FileNames.Contains(Path.GetFileName(dataset.Source)),
            Notes = dataset.Notes,
            Environment = RunSettings.Machine(),
            ClassNames = model.ClassNames,
            Splits = [new SplitCounts(usage.ToString(), faces.CountByClass())],
            Settings = [.. model.Manifest.Settings.Select(s => new ReportValue(s.Key, s.Value))],
            Evaluations = [new EvaluationReport(usage.ToString(), metrics) { Analysis = analysis }],
        };
        if (report is not null)
        {
            ExperimentReport.Write(host.Resolve(report), data);
            host.Error.WriteLine($"Report: {host.Shorten(host.Resolve(report))}");
        }
        if (svg is not null)
        {
            int files = ExperimentReport.WriteSvg(host.Resolve(svg), data).Count;
            host.Error.WriteLine($"{files} SVG files: {host.Shorten(host.Resolve(svg))}");
        }
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Metrics and probabilities of a model on faces, with the speed measured apart from start-up.</summary>
    internal static (FaceClassificationMetrics Metrics, float[] Probabilities) Score(
        FerModel model, FaceSet faces, CommandHost host, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // The first pass plans buffers and compiles kernels.
        model.Predict(faces.Select([.. Enumerable.Range(0, Math.Min(64, faces.Count))]));
        long start = Stopwatch.GetTimestamp();
        float[] probabilities = Predict(model, faces, host, "Scoring", cancellationToken);
        double speed = faces.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (FaceClassificationMetrics.Compute(probabilities, faces.Labels, model.ClassNames, imagesPerSecond: speed), probabilities);
    }

    /// <summary>The probabilities of a set, with progress on the error stream.</summary>
    internal static float[] Predict(FerModel model, FaceSet faces, CommandHost host, string what, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(host, what, faces.Count, "faces");
        return model.Predict(faces, progress, cancellationToken);
    }

    private ErrorAnalysis Analyze(ParseResult result, CommandHost host, FerModel model, FaceSet faces,
        (double ImagesPerSecond, float[] Probabilities) scored, CancellationToken cancellationToken)
    {
        float[] probabilities = scored.Probabilities;
        var analysis = ErrorAnalysis.Compute(faces, probabilities);
        int robustness = result.GetValue(_robustness)!.Value, shown = result.GetValue(_faces)!.Value;
        var mistakes = ErrorAnalysis.ConfidentMistakes(faces, probabilities, shown);
        // All views of so many faces would take minutes; how much a corruption costs one view tells as well.
        var (views, network) = ViewSteps.Of(model.Network)[0];
        int all = ViewSteps.Of(model.Network)[^1].Views;
        using var fast = views < all ? FerModel.Of(new(network, model.Manifest, model.MetricsJson), result.GetValue(_threads) ?? 0) : null;
        analysis = analysis with { UsesOneView = fast is not null };
        int spoilt = robustness > 0 ? (FaceCorruption.All.Count + 1) * Math.Min(robustness, faces.Count) : 0;
        int explained = mistakes.Count * (OcclusionExplainer.Predictions + 1);
        var expected = TimeSpan.FromSeconds((spoilt + explained) / Math.Max(1e-3, scored.ImagesPerSecond) * views / all);
        if (expected > Long)
        {
            host.Error.WriteLine($"The report predicts {spoilt + explained:#,0} faces more, spoilt or partly covered, which takes about " +
                $"{TrialText.Duration(expected)}; --robustness and --faces take fewer.");
        }
        analysis = analysis with { Gallery = FaceGallery.Choose(faces, probabilities, analysis.LabelErrors, shown) };
        using var progress = new ProgressLine(host, "Spoilt and covered faces", spoilt + explained, "faces");
        int done = 0;
        float[] Predict(FaceSet set)
        {
            float[] answer = (fast ?? model).Predict(set, progress: null, cancellationToken);
            progress.Report(done += set.Count);
            return answer;
        }
        if (robustness > 0)
        {
            var measured = Robustness.Measure(Predict, faces, robustness, result.GetValue(_seed) ?? 1, cancellationToken);
            analysis = analysis with { Robustness = measured };
        }
        if (shown > 0)
        {
            bool convolves = model.Network.Nodes.Any(node => node.Operation is Fer.Pipeline.Engine.Convolution && node.Shape.Area > 1);
            using var gradCam = convolves ? new GradCam(model.Network, result.GetValue(_threads) ?? 0) : null;
            analysis = analysis with
            {
                Mistakes = [.. mistakes.Select(i => ExplainedFace.Explain(faces, i, Predict, gradCam))],
            };
        }
        return analysis;
    }

    private static void Write(TextWriter output, FaceClassificationMetrics metrics, string title)
    {
        output.WriteLine(title);
        output.WriteLine($"accuracy {Text(metrics.Accuracy)}  macro F1 {Text(metrics.MacroF1)}  log loss {Text(metrics.LogLoss)}  "
            + $"calibration error {Text(metrics.ExpectedCalibrationError)}  {metrics.ImagesPerSecond:F0} images/s");
        output.WriteLine();
        var table = new PlainTable("class", "precision", "recall", "F1", "faces", "predicted");
        foreach (var c in metrics.PerClass)
        {
            table.Add(c.Name, Text(c.Precision), Text(c.Recall), Text(c.F1),
                c.Support.ToString(CultureInfo.InvariantCulture), c.Predicted.ToString(CultureInfo.InvariantCulture));
        }
        table.Write(output);
        output.WriteLine();
        output.WriteLine("Most frequent confusions:");
        foreach (var confusion in metrics.ConfusionMatrix.GetTopConfusions(5))
            output.WriteLine($"  {confusion.True} taken for {confusion.Predicted}: {confusion.Count}");
    }

    private static string Text(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
