using System.Text.RegularExpressions;

namespace Fer.Tests.Rules;

public class FolderDependencyTests
{
    /// <summary>What each folder of Fer.Pipeline may use, besides what those may use in turn.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Data"] = ["Imaging"],
        ["Imaging"] = [],
        ["Tensors"] = [],
        ["Networks"] = ["Tensors"],
        ["Training"] = ["Data", "Networks", "Models"],
        ["AutoML"] = ["Training"],
        ["Evaluation"] = ["Networks", "Data"],
        ["Models"] = ["Networks", "Evaluation"],
        ["Reports"] = ["Evaluation", "AutoML"],
        ["Serving"] = ["Models", "Imaging"],
        ["Commands"] = ["Data", "Imaging", "Tensors", "Networks", "Training", "AutoML", "Evaluation", "Models", "Reports", "Serving"],
    };

    [Fact]
    public void Folders_use_only_what_stands_before_them()
    {
        var found = from file in Repository.Files("Fer.Pipeline", ".cs")
                    let folder = FolderOf(file.Path)
                    where folder is not null
                    from Match match in Regex.Matches(file.Text, @"\bFer\.Pipeline\.([A-Z]\w+)")
                    let used = match.Groups[1].Value
                    where Allowed.ContainsKey(used) && used != folder && !Closure(folder).Contains(used)
                    select $"{file.Path}:{Repository.LineOf(file.Text, match.Index)} uses {used}";
        Assert.Empty(found);
    }

    [Fact]
    public void Namespaces_follow_the_folders()
    {
        var found = from file in Repository.Files("Fer.Pipeline", ".cs").Concat(Repository.Files("Fer.Tests", ".cs"))
                    let match = Regex.Match(file.Text, @"^namespace ([\w.]+);", RegexOptions.Multiline)
                    where match.Success
                    let expected = Path.GetDirectoryName(file.Path)!.Replace('\\', '/').Replace('/', '.')
                    where match.Groups[1].Value != expected
                    select $"{file.Path}: {match.Groups[1].Value}, not {expected}";
        Assert.Empty(found);
    }

    [Fact]
    public void Every_folder_of_the_library_is_in_the_table() =>
        Assert.Empty(Repository.Files("Fer.Pipeline", ".cs").Select(f => FolderOf(f.Path)).OfType<string>().Distinct().Except(Allowed.Keys));

    private static string? FolderOf(string path) => path.Split('/') is [_, var folder, _, ..] ? folder : null;

    private static HashSet<string> Closure(string folder)
    {
        var all = new HashSet<string>();
        var open = new Stack<string>(Allowed.GetValueOrDefault(folder, []));
        while (open.TryPop(out string? next))
            if (all.Add(next))
                foreach (string further in Allowed[next]) open.Push(further);
        return all;
    }
}
