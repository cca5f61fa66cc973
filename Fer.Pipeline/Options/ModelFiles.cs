using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Options;

/// <summary>A model that is there to be taken.</summary>
/// <param name="Name">Its run's name, or its file's without the ending.</param>
/// <param name="Path">The zip.</param>
/// <param name="IsOwn">True for one of the user's runs, false for one that comes with FerMl.</param>
internal sealed record ModelFile(string Name, string Path, bool IsOwn);

/// <summary>Which models there are, in the order in which they are taken where none is named: the user's own, newest first, then those
/// that come with FerMl.</summary>
internal static class ModelFiles
{
    /// <summary>The models that come with the project, in the artifacts folder; with the installed program, beside it.</summary>
    internal const string Shipped = "fer-seven.zip";

    /// <summary>Where the installed program keeps the models that come with it.</summary>
    internal const string ShippedFolder = "models";

    private static readonly string[] AllShipped = [Shipped, "fer-three.zip"];

    /// <summary>All of them; the first is the one that is taken.</summary>
    internal static IReadOnlyList<ModelFile> All(CommandHost host)
    {
        var folder = new DirectoryInfo(host.Folders.Artifacts);
        IEnumerable<ModelFile> own = !folder.Exists ? [] : folder.EnumerateDirectories()
            .Select(run => new FileInfo(Path.Combine(run.FullName, RunFiles.Model))).Where(file => file.Exists)
            .OrderByDescending(file => file.LastWriteTimeUtc).ThenBy(file => file.FullName, StringComparer.Ordinal)
            .Select(file => new ModelFile(NameOf(file.FullName), file.FullName, IsOwn: true));
        string[] places = [folder.FullName, Path.Combine(AppContext.BaseDirectory, ShippedFolder)];
        var shipped = AllShipped
            .Select(name => places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists)).OfType<string>()
            .Select(path => new ModelFile(NameOf(path), path, IsOwn: false));
        return [.. own, .. shipped];
    }

    /// <summary>Those beside the one that was taken, each under a name of its own.</summary>
    internal static IReadOnlyList<(string Name, string Path)> Beside(CommandHost host, string taken)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { NameOf(taken) };
        return [.. All(host).Where(file => file.Path != taken && names.Add(file.Name)).Select(file => (file.Name, file.Path))];
    }

    /// <summary>What a model is called: by its run, which all have a file of the same name, else by its file.</summary>
    internal static string NameOf(string path) => Path.GetFileName(path) == RunFiles.Model
        ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))!) : Path.GetFileNameWithoutExtension(path);
}
