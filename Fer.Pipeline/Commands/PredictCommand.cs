using System.CommandLine;
using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Pipeline.Imaging;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Commands;

/// <summary>Predicts the emotion of images of faces.</summary>
internal sealed class PredictCommand : ICommand
{
    private readonly Option<string> _model = ModelOption.Create();
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();
    private readonly Option<bool> _json = Values.Flag("--json", "One JSON line an image");
    private readonly Argument<string[]> _images = new("IMAGE") { Description = "PNG files of cropped faces, or folders of them", Arity = ArgumentArity.OneOrMore };

    public string Name => "predict";

    public string Description => "Predicts the emotion of images of faces: a probability a class. A broken image is reported and the rest still done.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("predict --model artifacts/experiment/model.zip face.png", "the probabilities of one image"),
        ("predict --model model.zip photos/ more/face.png --json", "all PNG files below a folder and one more, a JSON line each"),
    ];

    public IEnumerable<Option> Options => [_model, _threads, _json];

    public IEnumerable<Argument> Arguments => [_images];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        bool json = result.GetValue(_json);
        using var model = FerModel.Load(host.Resolve(result.GetRequiredValue(_model)), result.GetValue(_threads) ?? 0);
        int broken = 0, done = 0;
        foreach (string given in result.GetRequiredValue(_images))
        {
            string[] files;
            try
            {
                files = Expand(given, host);
            }
            catch (FerException e)
            {
                broken++;
                Report(host, json, given, e.Message);
                continue;
            }
            foreach (string file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    var image = ImageResizer.Resize(ImageDecoder.Load(file).ToGray(), FaceSet.Side, FaceSet.Side);
                    Write(host.Output, json, host.Shorten(file), model.Predict(image.Pixels));
                    done++;
                }
                catch (FerException e)
                {
                    broken++;
                    Report(host, json, host.Shorten(file), e.Message);
                }
            }
        }
        if (broken > 0) host.Error.WriteLine($"{done} images done, {broken} could not be read.");
        return Task.FromResult(broken > 0 ? ExitCode.Failed : ExitCode.Done);
    }

    private static string[] Expand(string given, CommandHost host)
    {
        string path = host.Resolve(given);
        if (!Directory.Exists(path)) return [path];
        try
        {
            string[] files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Where(f => f.EndsWith(".png", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
            return files.Length > 0 ? files : throw new FerException($"{given}: no PNG file in this folder.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{given}: cannot be listed ({e.Message}).", e);
        }
    }

    private static void Write(TextWriter output, bool json, string file, FerPrediction prediction)
    {
        if (!json)
        {
            string all = string.Join("  ", prediction.Probabilities.OrderByDescending(p => p.Value)
                .Select(p => $"{p.Key} {p.Value.ToString("F4", CultureInfo.InvariantCulture)}"));
            output.WriteLine($"{file}: {all}");
            return;
        }
        output.WriteLine(JsonText.Write(w =>
        {
            w.WriteStartObject();
            w.WriteString("file", file);
            w.WriteString("label", prediction.Label);
            w.WriteFigure("confidence", prediction.Confidence);
            w.WriteStartObject("probabilities");
            foreach (var (name, probability) in prediction.Probabilities) w.WriteFigure(name, probability);
            w.WriteEndObject();
            w.WriteEndObject();
        }, indented: false));
    }

    /// <summary>Broken images go to the error stream, and for programs into the answer as well.</summary>
    private static void Report(CommandHost host, bool json, string file, string message)
    {
        host.Error.WriteLine(message);
        if (!json) return;
        host.Output.WriteLine(JsonText.Write(w =>
        {
            w.WriteStartObject();
            w.WriteString("file", file);
            w.WriteString("error", message);
            w.WriteEndObject();
        }, indented: false));
    }
}
