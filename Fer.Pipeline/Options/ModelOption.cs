using System.CommandLine;
using Fer.Pipeline;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The option that names a model.</summary>
internal static class ModelOption
{
    /// <summary>The model that comes with the project, in the artifacts folder.</summary>
    internal const string Shipped = "fer-seven.zip";

    internal static Option<string?> Create() =>
        Values.Text("--model", $"The model zip, as 'experiment' and 'train' leave it; without it artifacts/{Shipped}, " +
            $"else the newest of artifacts/*/{RunFolder.ModelName}", "FILE");

    /// <summary>The model that was named, else the one that comes with the project, else the newest.</summary>
    /// <exception cref="FerUsageException">None is named and there is none.</exception>
    internal static string PathOf(ParseResult result, Option<string?> option, CommandHost host)
    {
        if (result.GetValue(option) is { } given) return host.Resolve(given);
        string folder = host.Folders.Artifacts, shipped = Path.Combine(folder, Shipped);
        if (File.Exists(shipped)) return shipped;
        string? newest = !Directory.Exists(folder) ? null : new DirectoryInfo(folder).EnumerateDirectories()
            .Select(run => new FileInfo(Path.Combine(run.FullName, RunFolder.ModelName))).Where(file => file.Exists)
            .OrderByDescending(file => file.LastWriteTimeUtc).ThenBy(file => file.FullName, StringComparer.Ordinal)
            .FirstOrDefault()?.FullName;
        return newest ?? throw new FerUsageException(
            $"There is no model in {host.Shorten(folder)} yet: 'fer experiment --minutes 15' makes one. Or name one: --model FILE.");
    }
}
