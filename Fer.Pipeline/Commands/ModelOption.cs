using System.CommandLine;

namespace Fer.Pipeline.Commands;

/// <summary>The option that names a model.</summary>
internal static class ModelOption
{
    internal static Option<string> Create() => new("--model")
    {
        Description = "The model zip, as 'experiment' and 'train' leave it",
        HelpName = "FILE",
        Required = true,
    };

    /// <summary>The option of commands that take the newest model where none is named.</summary>
    internal static Option<string?> OrNewest() => Values.Text("--model", "The model zip; without it the newest of artifacts/*/model.zip", "FILE");

    /// <summary>The model that was named, else the newest.</summary>
    /// <exception cref="FerUsageException">None is named and there is none.</exception>
    internal static string PathOrNewest(ParseResult result, Option<string?> option, CommandHost host)
    {
        if (result.GetValue(option) is { } given) return host.Resolve(given);
        string folder = host.Folders.Artifacts;
        string? newest = !Directory.Exists(folder) ? null : new DirectoryInfo(folder).EnumerateDirectories()
            .Select(run => new FileInfo(Path.Combine(run.FullName, "model.zip"))).Where(file => file.Exists)
            .OrderByDescending(file => file.LastWriteTimeUtc).ThenBy(file => file.FullName, StringComparer.Ordinal).FirstOrDefault()?.FullName;
        return newest ?? throw new FerUsageException($"There is no model in {host.Shorten(folder)} yet: 'fer experiment --minutes 15' makes one. Or name one: --model FILE.");
    }
}
