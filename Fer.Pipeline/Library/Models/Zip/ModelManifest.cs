using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// What a model zip says about itself (<c>manifest.json</c>): what its outputs mean, what it was trained on and how. Holds nothing that
/// names
/// the user, the machine or a path.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The version of the zip's layout that this program writes: an ML.NET model.</summary>
    public const int CurrentFormatVersion = 2;

    /// <summary>The oldest version that it reads: <c>model.onnx</c>, <c>manifest.json</c> and <c>metrics.json</c> alone.</summary>
    public const int FirstFormatVersion = 1;

    /// <summary>Version of the zip's layout.</summary>
    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>Class names in the order of the network's outputs.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The label scheme: <c>seven</c>, <c>six</c>, <c>three</c>, <c>eight</c> or <c>custom</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The architecture's name, for instance <c>FerNet</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>What the network wants as its input.</summary>
    public ModelInput Input { get; init; } = new();

    /// <summary>SHA-256 of the training data (<see cref="Data.FaceSet.Sha256"/>), in lower-case hexadecimal; null where it is not
    /// known.</summary>
    public string? TrainingDataSha256 { get; init; }

    /// <summary>The seed that the training started from.</summary>
    public long Seed { get; init; }

    /// <summary>The command that made the model, with files by their names alone; null where it was made otherwise.</summary>
    public string? Command { get; init; }

    /// <summary>The options of the training, as text.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The headline figures, for instance <c>validationAccuracy</c>; all of them are in <c>metrics.json</c>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Versions of what wrote the model.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>
    {
        ["FerMl"] = typeof(ModelManifest).Assembly.GetName().Version!.ToString(3),
        [".NET"] = Environment.Version.ToString(),
        ["ONNX operator set"] = OnnxWriter.OperatorSet.ToString(),
    };

    /// <summary>The kind of machine that trained the model.</summary>
    public ModelMachine Machine { get; init; } = ModelMachine.Current;

    /// <summary>SHA-256 of the other files of the zip by name, in lower-case hexadecimal; filled in by
    /// <see cref="ModelZip.Save"/>.</summary>
    public IReadOnlyDictionary<string, string> Sha256 { get; init; } = new Dictionary<string, string>();
}

/// <summary>The input of a model's network.</summary>
public sealed record ModelInput
{
    /// <summary>Name of the ONNX graph's input.</summary>
    public string Name { get; init; } = "pixels";

    /// <summary>Element type.</summary>
    public string Type { get; init; } = "float32";

    /// <summary>Sizes, outermost first; the batch is free.</summary>
    public IReadOnlyList<string> Shape { get; init; } = ["batch", "1", "48", "48"];

    /// <summary>Least value of a pixel: black.</summary>
    public double Minimum { get; init; }

    /// <summary>Greatest value of a pixel: white.</summary>
    public double Maximum { get; init; } = 255;

    /// <summary>The same in words, for who opens the zip.</summary>
    public string Description { get; init; } = "Grey face, cropped as in FER2013, row by row; all preprocessing is inside the graph.";
}
