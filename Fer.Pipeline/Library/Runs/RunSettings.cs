using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>
/// What the manifest and the report say of how a model was made: every option that shaped the weights, and what the run came to.
/// </summary>
internal static class RunSettings
{
    private const string DataName = "Data", DrawnFaces = "drawn by the program";

    /// <summary>The settings by name.</summary>
    /// <param name="dataset">The faces.</param>
    /// <param name="training">The training.</param>
    /// <param name="chosen">What was made of its network.</param>
    internal static IReadOnlyList<ReportValue> Of(FaceDataset dataset, TrainingResult training, ChosenInference chosen) =>
    [
        .. dataset.IsSample ? [new ReportValue(DataName, DrawnFaces)] : Array.Empty<ReportValue>(),
        .. training.Options.Texts().Select(t => new ReportValue(t.Name, t.Value)),
        .. TeacherHash(dataset, training.Options),
        new("ValidationDataSha256", dataset.Validation.Sha256),
        new("Epochs", Text(training.History.Count)),
        new("BestEpoch", training.Start is null ? Text(training.BestEpoch) : "0, the start"),
        new("Steps", Text(training.Steps)),
        new("Seconds", Text(training.Elapsed.TotalSeconds)),
        new("EngineShare", Text(training.History.Count > 0 ? training.History.Average(m => m.EngineShare) : 0)),
        new("Outcome", training.Outcome.ToString()),
        new("Members", Text(chosen.Members.Count)),
        new("Views", chosen.Views.ToString()),
        new("Temperature", Text(chosen.Calibration.Temperature)),
        new("ClassBiases", chosen.Calibration.HasBiases ? string.Join(' ', chosen.Calibration.Biases.Select(Bias)) : "none"),
    ];

    /// <summary>True for a model that learnt from faces which the program draws, and so knows no photographs.</summary>
    internal static bool IsOfDrawnFaces(ModelManifest manifest) => manifest.Settings.GetValueOrDefault(DataName) == DrawnFaces;

    /// <summary>The machine, for the report.</summary>
    internal static IReadOnlyList<ReportValue> Machine()
    {
        var machine = ModelMachine.Current;
        return
        [
            new("operating system", machine.OperatingSystem),
            new("processor", ProcessorName() ?? machine.Architecture),
            new("cores", Text(machine.Cores)),
            new("vectors", machine.VectorIsa),
            .. new ModelManifest { ClassNames = [], Scheme = "", Architecture = "" }.Versions.Select(v => new ReportValue(v.Key, v.Value)),
            new("ML.NET", Version(typeof(Microsoft.ML.MLContext))),
            new("ONNX Runtime", Version(typeof(Microsoft.ML.OnnxRuntime.InferenceSession))),
        ];
    }

    /// <summary>The processor's name, as the system tells it; null where it does not.</summary>
    private static string? ProcessorName()
    {
        const string system = "/proc/cpuinfo";
        if (!OperatingSystem.IsLinux()) return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        try
        {
            string? line = File.ReadLines(system).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            return line?[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Version(Type type) => type.Assembly.GetName().Version!.ToString(3);

    private static ReportValue[] TeacherHash(FaceDataset dataset, ImageClassificationTrainer.Options options) =>
        options.Teacher is { } zip ? [new("TeacherSha256", Teacher.Load(zip, dataset.Scheme.ClassNames).Sha256)] : [];

    private static string Bias(double bias) => bias.ToString("F3", CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
