using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Notebooks;

/// <summary>The notebooks that a command works on.</summary>
internal static class NotebookFiles
{
    /// <summary>The files given, or all in the folder Fer.Notebooks in name order.</summary>
    /// <exception cref="FerException">A file is missing, or there is none.</exception>
    internal static IReadOnlyList<string> Find(IReadOnlyList<string> given, CommandHost host)
    {
        if (given.Count > 0)
        {
            string[] files = [.. given.Select(host.Resolve)];
            foreach (string file in files)
                if (!File.Exists(file))
                    throw new FerException($"{host.Shorten(file)}: there is no such file. Give the path of an .ipynb file.");
            return files;
        }
        string folder = Path.Combine(host.Folders.Top, "Fer.Notebooks");
        string[] all = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.ipynb").Order(StringComparer.Ordinal)] : [];
        return all.Length > 0 ? all : throw new FerException($"{folder}: there are no notebooks. Name the files.");
    }
}
