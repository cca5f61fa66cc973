namespace Fer.Tests.Rules;

/// <summary>The files that the rules are checked on.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", ".git", "artifacts", "data", "TestResults", ".vs", ".vscode",
        ".idea"];

    /// <summary>Files below a folder of the repository, by relative path with forward slashes.</summary>
    internal static IEnumerable<(string Path, string Text)> Files(string folder, params string[] extensions)
    {
        foreach (string file in Walk(Path.Combine(TestPaths.Root, folder)).Order(StringComparer.Ordinal))
        {
            if (extensions.Length > 0 && !extensions.Contains(Path.GetExtension(file))) continue;
            yield return (Path.GetRelativePath(TestPaths.Root, file).Replace('\\', '/'), File.ReadAllText(file));
        }
    }

    /// <summary>The number of the line in which a place of the text lies, from 1.</summary>
    internal static int LineOf(string text, int index) => 1 + text.AsSpan(0, index).Count('\n');

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))
                || Path.GetFileName(Path.GetDirectoryName(d)) == "Fer.Pipeline" && Path.GetFileName(d) == "Data")
                .SelectMany(Walk));
}
