using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;

namespace Fer.Tests.Packaging;

/// <summary>A folder with all packages, packed from what is built, as another machine would get them.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    internal const string Version = "1.0.0-test.1";

    private readonly TemporaryFolder _folder = new();

    /// <summary>A folder beside the feed, whose <c>nuget.config</c> knows the feed alone.</summary>
    internal string Folder => _folder.Path;

    /// <summary>The folder that this machine keeps restored packages in.</summary>
    internal string RestoredPackages { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        foreach (string project in (string[])["Fer.Pipeline/Library/Fer.Pipeline.csproj", "Fer.Pipeline/Fer.csproj",
            "Fer.Notebooks/Interactive/Fer.Pipeline.Interactive.csproj"])
        {
            var (code, output, error) = await DotnetCommand.RunAsync(TestPaths.Root, "pack", project, "--no-build",
                "-c", configuration, "-o", _folder.File("feed"), $"-p:Version={Version}");
            Assert.True(code == 0, output + error);
        }
        _folder.Write("nuget.config", """
            <configuration>
              <packageSources>
                <clear />
                <add key="feed" value="feed" />
              </packageSources>
            </configuration>
            """);
        var (_, places, _) = await DotnetCommand.RunAsync(
            TestPaths.Root, "nuget", "locals", "global-packages", "--list", "--force-english-output");
        RestoredPackages = places[(places.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    /// <summary>The files of a package with their lengths, and its description.</summary>
    internal (Dictionary<string, long> Files, XElement Metadata, long Bytes) Open(string id)
    {
        string path = _folder.File($"feed/{id}.{Version}.nupkg");
        using var zip = ZipFile.OpenRead(path);
        using var text = zip.GetEntry($"{id}.nuspec")!.Open();
        var metadata = XDocument.Load(text).Root!.Elements().First();
        return (zip.Entries.ToDictionary(e => e.FullName, e => e.Length), metadata, new FileInfo(path).Length);
    }

    /// <summary>What a package says it is made of.</summary>
    internal JsonElement Bill(string id)
    {
        using var zip = ZipFile.OpenRead(_folder.File($"feed/{id}.{Version}.nupkg"));
        using var text = zip.GetEntry("bom.json")!.Open();
        return JsonDocument.Parse(text).RootElement;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return default;
    }
}
