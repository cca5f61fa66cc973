using System.CommandLine;
using Fer.Pipeline;
using Fer.Pipeline.Models;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The option that names a model, and which one is taken without it: the same in every command.</summary>
internal static class ModelOption
{
    /// <summary>The option.</summary>
    /// <param name="orOnnx">True where <see cref="OnnxModelOptions"/> are there too.</param>
    internal static Option<string?> Create(bool orOnnx = false) =>
        Values.Text("--model", $"The model zip{(orOnnx ? ", or with --classes another program's ONNX file" : "")}; without it the newest " +
            $"of your own (artifacts/*/{RunFiles.Model}), else the one that comes with FerMl", "FILE");

    /// <summary>Loads the model that was named, or the one that <see cref="PathOf"/> takes, and says what speaks against it.</summary>
    /// <exception cref="FerUsageException">None is named and there is none.</exception>
    /// <exception cref="FerException">It cannot be read.</exception>
    internal static (FerModel Model, string Path) Load(
        ParseResult result, Option<string?> option, OnnxModelOptions onnx, CommandHost host, int threads)
    {
        string path = PathOf(result, option, host);
        var model = onnx.Load(path, result, host, threads);
        if (result.GetValue(option) is null && RunSettings.IsOfDrawnFaces(model.Manifest))
        {
            string? shipped = ModelFiles.All(host).FirstOrDefault(file => !file.IsOwn)?.Path;
            string other = shipped is not null ? $"; --model {host.Shorten(shipped)} does" : "";
            host.Error.WriteLine($"It was trained on faces that FerMl draws and does not know photographs{other}.");
        }
        return (model, path);
    }

    /// <summary>
    /// The model that was named, else the newest of the user's own, else the one that comes with FerMl; says which of these.
    /// </summary>
    /// <exception cref="FerUsageException">None is named and there is none.</exception>
    internal static string PathOf(ParseResult result, Option<string?> option, CommandHost host)
    {
        if (result.GetValue(option) is { } given) return host.Resolve(given);
        if (ModelFiles.All(host) is not [var first, ..])
        {
            throw new FerUsageException($"There is no model in {host.Shorten(host.Folders.Artifacts)} yet: " +
                $"'{host.Invocation} experiment --minutes 15' makes one. Or name one: --model FILE.");
        }
        string which = first.IsOwn ? "the newest of your own" : "which comes with FerMl";
        host.Error.WriteLine($"Model: {host.Shorten(first.Path)}, {which}. --model FILE takes another.");
        return first.Path;
    }
}
