using System.CommandLine;
using Fer.Pipeline;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Shell;

namespace Fer.Options;

/// <summary>
/// The options that make another program's ONNX classifier a model: what its outputs mean and what it is given; and what any model may
/// take.
/// </summary>
internal sealed class OnnxModelOptions
{
    private readonly Option<string[]> _classes = new("--classes")
    {
        Description = "For a model of another program (ONNX): what its outputs mean, in its order, joined by commas; " +
            $"{OnnxClassifier.NoClass} is none that counts",
        HelpName = "NAMES",
    };

    private readonly Option<string?> _preprocessing = Values.Choice("--preprocessing",
        "For such a model: what it wants done to pixels 0 … 255; where not given imagenet for three channels and none for one",
        [.. BackbonePreprocessing.All.Select(p => p.Name)])!;

    private readonly Option<int?> _resizeTo =
        Values.Whole("--resize-to", "For such a model: width and height that it is given; where not given what it was made for", 8, 1024);

    private readonly Option<int?> _megabytes = ModelMemory.Create();

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_classes, _preprocessing, _resizeTo, _megabytes];

    /// <summary>True for an ONNX file, by its name or because its classes are given; a model zip is told by its first bytes.</summary>
    private static bool IsOnnx(string path, bool hasClasses)
    {
        bool isNamed = hasClasses || path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);
        try
        {
            using var file = File.OpenRead(path);
            var head = new byte[2];
            return isNamed && !(file.ReadAtLeast(head, 2, throwOnEndOfStream: false) == 2 && head.AsSpan().SequenceEqual("PK"u8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever loads it says what is wrong.
            return isNamed;
        }
    }

    /// <summary>Loads one model.</summary>
    /// <param name="path">A model zip, or an ONNX file.</param>
    /// <param name="result">The command line.</param>
    /// <param name="host">Where notes go.</param>
    /// <param name="threads">Threads to predict with; 0 is one a processor.</param>
    /// <exception cref="FerUsageException">The options do not fit the file.</exception>
    /// <exception cref="FerException">The file cannot be read.</exception>
    internal FerModel Load(string path, ParseResult result, CommandHost host, int threads)
    {
        string[] classes = result.GetValue(_classes) ?? [];
        bool isOnnx = IsOnnx(path, classes.Length > 0);
        if (!isOnnx && (classes.Length > 0 || result.GetValue(_preprocessing) is not null || result.GetValue(_resizeTo) is not null))
            throw new FerUsageException($"--classes, --preprocessing and --resize-to are for ONNX files; {path} is none. A model zip " +
                "brings its own.");
        if (classes.Length > 1) throw new FerUsageException("--classes is given twice, for one model.");
        return isOnnx ? LoadOnnx(path, classes.FirstOrDefault(), null, result, host, threads) : Zip(path, result, threads);
    }

    /// <summary>Loads two models to compare: classes that only an ONNX file has are left out of it.</summary>
    /// <param name="paths">Model zips or ONNX files; with --classes once for both, or once each in their order.</param>
    /// <param name="result">The command line.</param>
    /// <param name="host">Where notes go.</param>
    /// <param name="threads">Threads to predict with; 0 is one a processor.</param>
    /// <exception cref="FerUsageException">The options do not fit the files.</exception>
    /// <exception cref="FerException">A file cannot be read.</exception>
    internal (FerModel First, FerModel Second) LoadTwo(string[] paths, ParseResult result, CommandHost host, int threads)
    {
        string[] classes = result.GetValue(_classes) ?? [];
        bool[] areOnnx = [.. paths.Select(path => IsOnnx(path, classes.Length > 0))];
        if (!areOnnx.Contains(true)) return Both(Load(paths[0], result, host, threads), () => Load(paths[1], result, host, threads));
        if (classes.Length > areOnnx.Count(isOnnx => isOnnx))
            throw new FerUsageException($"--classes is given {classes.Length} times, for {areOnnx.Count(isOnnx => isOnnx)} ONNX files.");
        if (areOnnx is [true, true])
        {
            return Both(LoadOnnx(paths[0], classes.FirstOrDefault(), null, result, host, threads),
                () => LoadOnnx(paths[1], classes.LastOrDefault(), null, result, host, threads));
        }
        int zip = areOnnx[0] ? 1 : 0;
        var own = Zip(paths[zip], result, threads);
        var (first, second) =
            Both(own, () => LoadOnnx(paths[1 - zip], classes.FirstOrDefault(), own.ClassNames, result, host, threads));
        return zip == 0 ? (first, second) : (second, first);
    }

    private static (FerModel First, FerModel Second) Both(FerModel first, Func<FerModel> second)
    {
        try
        {
            return (first, second());
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    private FerModel Zip(string path, ParseResult result, int threads) =>
        FerModel.Load(path, threads, ModelMemory.LimitsOf(result, _megabytes));

    private FerModel LoadOnnx(
        string path, string? classes, IReadOnlyList<string>? wanted, ParseResult result, CommandHost host, int threads)
    {
        string shown = host.Shorten(path);
        if (classes is null)
        {
            throw new FerUsageException($"{shown}: an ONNX network does not say what its outputs mean. Name them in its order: " +
                $"--classes angry,disgust,…; {OnnxClassifier.NoClass} stands for one that is no class.");
        }
        string[] names = classes.Split(',', StringSplitOptions.TrimEntries);
        if (wanted is not null)
        {
            string[] others = [.. names.Where(name => name != OnnxClassifier.NoClass && !wanted.Contains(Usual(name)))];
            names = [.. names.Select(name => others.Contains(name) ? OnnxClassifier.NoClass : name)];
            if (others.Length > 0)
                host.Error.WriteLine($"{shown}: {string.Join(", ", others)} left out, as the other model does not know it.");
        }
        var preprocessing = result.GetValue(_preprocessing) is { } name ? BackbonePreprocessing.Parse(name) : null;
        var model = OnnxClassifier.Load(path, names, preprocessing, result.GetValue(_resizeTo), threads,
            ModelMemory.LimitsOf(result, _megabytes));
        if (preprocessing is null)
        {
            host.Error.WriteLine($"{shown} is given its pixels as for '{model.Manifest.Settings["preprocessing"]}'; if it wants others, " +
                "say so with --preprocessing.");
        }
        return model;
    }

    private static string Usual(string name) =>
        EmotionNames.TryParse(name, out var emotion) ? EmotionNames.NameOf(emotion) : name;
}
