using System.Text.Json;
using System.Xml.Linq;

namespace Fer.Tests.Packaging;

/// <summary>The hashes of packages that CI restores by, in .config/packages, are those of the versions that are named.</summary>
public class PackageLockTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, ".config", "packages");

    [Fact]
    public void Every_project_has_a_lock_of_one_target_for_all_platforms()
    {
        string[] projects = [.. Projects().Select(p => Path.GetFileNameWithoutExtension(p)).Order(StringComparer.Ordinal)];
        string[] locks =
        [
            .. Directory.EnumerateFiles(Folder).Select(f => Path.GetFileName(f).Replace(".lock.json", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(projects, locks);
        foreach (string file in Directory.EnumerateFiles(Folder))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            Assert.Equal("net10.0", Assert.Single(json.RootElement.GetProperty("dependencies").EnumerateObject()).Name);
        }
    }

    [Fact]
    public void Locked_versions_are_the_named_ones_and_each_has_a_hash()
    {
        var named = XDocument.Load(Path.Combine(TestPaths.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(p => (string)p.Attribute("Include")!, p => (string)p.Attribute("Version")!);
        var locked = new HashSet<string>();
        foreach (string file in Directory.EnumerateFiles(Folder))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var package in json.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject())
            {
                if (package.Value.GetProperty("type").GetString() == "Project") continue;
                Assert.Equal(64, Convert.FromBase64String(package.Value.GetProperty("contentHash").GetString()!).Length);
                if (named.TryGetValue(package.Name, out string? version))
                    Assert.Equal(version, package.Value.GetProperty("resolved").GetString());
                locked.Add(package.Name);
            }
        }
        Assert.Empty(Directs().Except(locked));
    }

    private static IEnumerable<string> Projects() => Directory.EnumerateFiles(TestPaths.Root, "*.csproj", SearchOption.AllDirectories)
        .Where(p => !p.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !p.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !p.Contains("Templates", StringComparison.Ordinal) && !p.Contains("node_modules", StringComparison.Ordinal));

    private static IEnumerable<string> Directs() => Projects().SelectMany(p => XDocument.Load(p).Descendants("PackageReference"))
        .Select(r => (string?)r.Attribute("Include")).OfType<string>().Distinct();
}
