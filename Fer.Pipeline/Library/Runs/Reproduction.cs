using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>What one training of <c>reproduce</c> gave, as it is kept beside its model.</summary>
/// <param name="Minutes">The time it was given.</param>
/// <param name="Accuracy">Share of the PublicTest faces it names right.</param>
/// <param name="Lower">Lower end of the accuracy's 95 % interval.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Epochs">Epochs it took.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="DataSha256">Hash of the faces it was trained on.</param>
internal sealed record Reproduction(
    double Minutes, double Accuracy, double Lower, double Upper, int Epochs, double Seconds, string DataSha256)
{
    /// <summary>Hash of what it was trained with.</summary>
    public string Recipe { get; init; } = "";

    private const string FileName = "result.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    /// <summary>What a run comes to; a sweep's time is that of all of it.</summary>
    internal static Reproduction Of(FaceRunResult run, double minutes, string dataSha256)
    {
        var interval = run.Metrics.AccuracyInterval;
        var elapsed = run.BestTrial is null ? run.Training.Elapsed : run.Elapsed;
        int epochs = run.Training.History.Count;
        return new(minutes, run.Metrics.Accuracy, interval.Lower, interval.Upper, epochs, elapsed.TotalSeconds, dataSha256);
    }

    /// <summary>Hash of all options that decide what a training comes to but its time.</summary>
    internal static string RecipeOf(ImageClassificationTrainer.Options options) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', options.Identity()))));

    internal void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>
    /// What an earlier run left in the folder; null where there is nothing, or it was of other data, another time or another recipe.
    /// </summary>
    internal static Reproduction? Load(string folder, double minutes, string dataSha256, string recipe)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            var known = JsonSerializer.Deserialize<Reproduction>(File.ReadAllText(path), Json);
            return known is not null && known.Minutes == minutes && known.DataSha256 == dataSha256 && known.Recipe == recipe ? known : null;
        }
        catch (JsonException)
        {
            // A file that cannot be read is made again.
            return null;
        }
    }

    /// <summary>Accuracy in percent with its interval.</summary>
    internal string Percent() => string.Create(CultureInfo.InvariantCulture, $"{100 * Accuracy:F1} ({100 * Lower:F1} to {100 * Upper:F1})");
}
