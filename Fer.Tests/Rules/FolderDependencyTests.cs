using System.Text.RegularExpressions;

namespace Fer.Tests.Rules;

/// <summary>
/// The one-way walk through the folders: <c>FolderArrows.txt</c> and <c>FileCycles.txt</c> beside this file are the tables.
/// </summary>
public class FolderDependencyTests
{
    private const string Library = "Fer.Pipeline/Library/", Program = "Fer.Pipeline/";

    /// <summary>The library's folders: each uses only those before it. Engine and Images stand side by side.</summary>
    private static readonly string[] Order =
    [
        "Common", "Engine", "Images", "Networks", "Faces", "Data", "Models", "Training", "Evaluation", "Detection", "Video", "AutoML",
        "Reports", "Runs",
    ];

    [Fact]
    public void Every_name_is_resolved() =>
        Assert.True(SourceGraph.Current.Unresolved.Count == 0, string.Join('\n', SourceGraph.Current.Unresolved));

    [Fact]
    public void A_folder_of_the_library_uses_only_those_before_it()
    {
        var found = from arrow in SourceGraph.Current.Arrows
                    where arrow.From.StartsWith(Library, StringComparison.Ordinal)
                    where !arrow.To.StartsWith(Library, StringComparison.Ordinal) || Rank(arrow.To) > Rank(arrow.From)
                        || (Top(arrow.From), Top(arrow.To)) is ("Images", "Engine")
                    select $"{arrow.From} uses {arrow.To}";
        Assert.Empty(found);
    }

    [Fact]
    public void The_table_holds_every_arrow_between_folders_and_no_other()
    {
        var arrows = SourceGraph.Current.Arrows.Select(arrow => (From: Folder(arrow.From), To: Folder(arrow.To))).Where(
            arrow => arrow.From != arrow.To);
        string[] actual = [.. arrows.Select(arrow => $"{arrow.From} -> {arrow.To}").Distinct().Order(StringComparer.Ordinal)];
        string[] table = Lines("FolderArrows.txt");
        string[] difference = [.. actual.Except(table).Select(l => "+ " + l), .. table.Except(actual).Select(l => "- " + l)];
        Assert.True(difference.Length == 0, $"Fer.Tests/Rules/FolderArrows.txt and the sources differ:\n{string.Join('\n', difference)}");
    }

    [Fact]
    public void Files_of_a_folder_form_no_cycle_but_those_with_a_reason()
    {
        var cycles = SourceGraph.Current.Files.GroupBy(Folder).SelectMany(folder => FileCycles.Of(folder, SourceGraph.Current.Arrows))
            .Select(cycle => string.Join(", ", cycle.Select(Short).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal).ToArray();
        var table = Lines("FileCycles.txt").Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries)).ToArray();
        Assert.All(table, row => Assert.True(row.Length == 2 && row[1].Length > 0, $"{row[0]}: a cycle needs its reason."));
        string[] known = [.. table.Select(row => row[0])];
        string[] difference = [.. cycles.Except(known).Select(l => "+ " + l), .. known.Except(cycles).Select(l => "- " + l)];
        Assert.True(difference.Length == 0, $"Fer.Tests/Rules/FileCycles.txt and the sources differ:\n{string.Join('\n', difference)}");
    }

    [Fact]
    public void No_folder_but_the_engines_operations_holds_more_than_25_files()
    {
        var found = SourceGraph.Current.Files.GroupBy(file => Path.GetDirectoryName(file)!)
            .Where(folder => folder.Count() > 25 && !folder.Key.EndsWith("Operations", StringComparison.Ordinal))
            .Select(folder => $"{folder.Key}: {folder.Count()}");
        Assert.Empty(found);
    }

    [Fact]
    public void Namespaces_follow_the_top_folders()
    {
        var found = from file in Repository.Files("Fer.Pipeline", ".cs").Concat(Repository.Files("Fer.Tests", ".cs"))
                    let match = Regex.Match(file.Text, @"^namespace ([\w.]+);", RegexOptions.Multiline)
                    where match.Success && match.Groups[1].Value != Namespace(file.Path)
                    where match.Groups[1].Value != "Microsoft.ML" || !MayExtendMlNet(file.Path)
                    select $"{file.Path}: {match.Groups[1].Value}, not {Namespace(file.Path)}";
        Assert.Empty(found);
    }

    /// <summary>Extension methods of ML.NET's catalogs are where ML.NET's own packages have theirs.</summary>
    private static bool MayExtendMlNet(string path) => path.StartsWith(Library, StringComparison.Ordinal)
        && (path.EndsWith("Catalog.cs", StringComparison.Ordinal) || path.EndsWith("Extensions.cs", StringComparison.Ordinal));

    private static string Namespace(string path)
    {
        if (path.StartsWith(Library, StringComparison.Ordinal))
            return Top(path) is var top && top == "Common" ? "Fer.Pipeline" : $"Fer.Pipeline.{top}";
        string[] parts = path.Split('/')[..^1];
        // A library of its own beside the program.
        if (path.StartsWith($"{Program}Torch/", StringComparison.Ordinal)) return "Fer.Pipeline.Torch";
        return path.StartsWith(Program, StringComparison.Ordinal) ? string.Join('.', ["Fer", .. parts[1..].Take(1)])
            : string.Join('.', parts);
    }

    /// <summary>A library's file's top folder.</summary>
    private static string Top(string path) => path.Split('/')[2];

    private static int Rank(string path) =>
        Array.IndexOf(Order, Top(path)) is >= 0 and var rank ? rank
            : throw new InvalidOperationException($"{path}: its folder is not in the order.");

    /// <summary>The folder of a file, two levels deep: <c>Library/Engine/Operations</c>, <c>Server/Live</c>.</summary>
    private static string Folder(string path)
    {
        string[] parts = Short(path).Split('/')[..^1];
        return parts.Length == 0 ? "." : string.Join('/', parts.Take(parts[0] == "Library" ? 3 : 2));
    }

    private static string Short(string path) => path[Program.Length..];

    private static string[] Lines(string name) =>
        [.. File.ReadAllLines(Path.Combine(TestPaths.Root, "Fer.Tests", "Rules", name)).Where(line => line.Length > 0 && line[0] != '#')];
}
