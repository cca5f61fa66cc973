using System.Runtime.InteropServices;
using System.Text.Json;
using System.Xml.Linq;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Tests.Server;

namespace Fer.Tests.Packaging;

public sealed class PackageTests(PackageFeed feed) : IClassFixture<PackageFeed>
{
    private const string Library = "Fer.Pipeline", Tool = "FerMl.Tool", Notebooks = "Fer.Pipeline.Interactive";

    private static readonly string Model = Path.Combine(TestPaths.Root, "artifacts", "fer-seven.zip");

    private static string? Value(XElement metadata, string name) =>
        metadata.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;

    private static string Expected(byte[] face)
    {
        using var model = FerModel.Load(Model, 1);
        return model.Predict(face).Label;
    }

    private static byte[] DrawnFace()
    {
        // The face that RunningServer.Face gives as a file.
        var pixels = new byte[Face.PixelCount];
        SampleFaces.Draw(5, 0, pixels);
        return pixels;
    }

    [Theory]
    [InlineData(Library)]
    [InlineData(Tool)]
    [InlineData(Notebooks)]
    public void A_package_says_what_it_is_and_under_which_licence(string id)
    {
        var (files, metadata, _) = feed.Open(id);
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("FerMl", Value(metadata, "authors"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal(new FileInfo(Path.Combine(TestPaths.Root, "README.md")).Length, files["README.md"]);
        Assert.Contains("emotion", Value(metadata, "description"));
        Assert.Contains("fer2013", Value(metadata, "tags"));
    }

    [Theory]
    [InlineData(Library, "Microsoft.ML")]
    [InlineData(Tool, "System.CommandLine")]
    public void A_package_says_what_it_is_made_of(string id, string part)
    {
        var bill = feed.Bill(id);
        Assert.Equal("CycloneDX", bill.GetProperty("bomFormat").GetString());
        var root = bill.GetProperty("metadata").GetProperty("component");
        Assert.Equal((id, PackageFeed.Version), (root.GetProperty("name").GetString(), root.GetProperty("version").GetString()));
        var found = bill.GetProperty("components").EnumerateArray().Single(c => c.GetProperty("name").GetString() == part);
        Assert.StartsWith($"pkg:nuget/{part}@", found.GetProperty("purl").GetString());
        Assert.Equal("SHA-512", found.GetProperty("hashes")[0].GetProperty("alg").GetString());
        Assert.NotEqual(0, found.GetProperty("licenses").GetArrayLength());
    }

    [Fact]
    public void The_library_package_holds_its_assembly_and_texts_and_names_the_packages_it_needs()
    {
        var (files, metadata, _) = feed.Open(Library);
        Assert.Equal(["lib/net10.0/Fer.Pipeline.dll", "lib/net10.0/Fer.Pipeline.xml", "licenses/BlazeFace.txt",
            "licenses/DejaVuSans-Bold.txt"],
            files.Keys.Where(f => f.Contains('/', StringComparison.Ordinal) && !f.StartsWith("_rels", StringComparison.Ordinal)
                && !f.StartsWith("package/", StringComparison.Ordinal)).Order());
        string[] needed = [.. metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => e.Attribute("id")!.Value)];
        Assert.Contains("Microsoft.ML", needed);
        Assert.Contains("SkiaSharp", needed);
        Assert.DoesNotContain(needed, id => id is "CsvHelper" or "Spectre.Console" or "System.CommandLine" or "Grpc.Tools");
        Assert.DoesNotContain(metadata.Descendants(), e => e.Name.LocalName == "frameworkReference");
    }

    [Fact]
    public void The_tool_package_holds_the_native_files_of_this_machine_alone()
    {
        var (files, _, bytes) = feed.Open(Tool);
        string folder = $"tools/net10.0/{RuntimeInformation.RuntimeIdentifier}/";
        Assert.All(files.Keys.Where(f => f.StartsWith("tools/", StringComparison.Ordinal)), f => Assert.StartsWith(folder, f));
        Assert.Contains(folder + "fer.dll", files.Keys);
        Assert.DoesNotContain(files.Keys, f => f.Contains("/runtimes/", StringComparison.Ordinal));
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains(folder + "libonnxruntime.so", files.Keys);
            Assert.DoesNotContain(folder + "onnxruntime.dll", files.Keys);
        }
        // ImageNet's ResNet18 is 64 MB of it, and there once.
        Assert.Single(files.Keys, f => f.EndsWith("/ResNet18.onnx", StringComparison.Ordinal));
        Assert.InRange(bytes, 1, 120 << 20);
        Assert.Contains("licenses/BlazeFace.txt", files.Keys);
    }

    [Fact]
    public void The_notebooks_package_is_an_extension_of_the_kernel()
    {
        var (files, metadata, _) = feed.Open(Notebooks);
        Assert.Contains("lib/net10.0/Fer.Pipeline.Interactive.dll", files.Keys);
        Assert.Contains("interactive-extensions/dotnet/extension.dib", files.Keys);
        Assert.Contains("interactive-extensions/fsharp/FSharp.Core.dll", files.Keys);
        var needed = metadata.Descendants().Where(e => e.Name.LocalName == "dependency").ToDictionary(
            e => e.Attribute("id")!.Value, e => e.Attribute("version")!.Value);
        Assert.Equal(PackageFeed.Version, needed[Library]);
        Assert.Contains("Plotly.NET", needed.Keys);
        // The kernel has its own.
        Assert.DoesNotContain(needed.Keys, id => id.StartsWith("Microsoft.DotNet.Interactive", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_tool_installs_from_a_folder_and_predicts_a_face()
    {
        string tools = Path.Combine(feed.Folder, "tools"), picture = Path.Combine(feed.Folder, "face.png");
        var install = await DotnetCommand.RunAsync(
            feed.Folder, "tool", "install", Tool, "--version", PackageFeed.Version, "--tool-path", tools);
        Assert.True(install.Code == 0, install.Output + install.Error);
        string fer = Path.Combine(tools, OperatingSystem.IsWindows() ? "fer.exe" : "fer");

        var help = await DotnetCommand.RunAsync(fer, feed.Folder, ["--help"]);
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains("experiment", help.Output);

        await File.WriteAllBytesAsync(picture, RunningServer.Face(), TestContext.Current.CancellationToken);
        var predict = await DotnetCommand.RunAsync(fer, feed.Folder, ["predict", "--model", Model, "--cropped", "--json-lines", picture]);
        Assert.True(predict.Code == 0, predict.Output + predict.Error);
        var answer = JsonDocument.Parse(predict.Output).RootElement;
        var face = Assert.Single(answer.GetProperty("faces").EnumerateArray());
        Assert.Equal(Expected(DrawnFace()), face.GetProperty("emotion").GetString());

        // Far from a clone the model that comes with the tool is taken.
        var without = await DotnetCommand.RunAsync(fer, feed.Folder, ["predict", "--cropped", "--json-lines", picture]);
        Assert.Equal((0, predict.Output), (without.Code, without.Output));
        Assert.Contains("which comes with FerMl", without.Error);
    }

    [Fact]
    public async Task A_program_that_references_the_library_package_predicts_a_face()
    {
        string folder = Path.Combine(feed.Folder, "app");
        Directory.CreateDirectory(folder);
        // The package goes into a folder of the test's own; what it needs is there since this solution was restored.
        await File.WriteAllTextAsync(Path.Combine(folder, "App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <RestorePackagesPath>{Path.Combine(feed.Folder, "packages")}</RestorePackagesPath>
                <RestoreAdditionalProjectFallbackFolders>{feed.RestoredPackages}</RestoreAdditionalProjectFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{Library}" Version="{PackageFeed.Version}" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            using Fer.Pipeline.Models;
            using var model = FerModel.Load(args[0]);
            Console.WriteLine(model.Predict(File.ReadAllBytes(args[1])).Label);
            """, TestContext.Current.CancellationToken);
        string pixels = Path.Combine(folder, "face.bin"), built = Path.Combine(feed.Folder, "built");
        await File.WriteAllBytesAsync(pixels, DrawnFace(), TestContext.Current.CancellationToken);

        var build = await DotnetCommand.RunAsync(folder, "build", "-o", built, "-v", "quiet", "-p:UseSharedCompilation=false");
        string? missing = build.Output.Split('\n').FirstOrDefault(line => (line.Contains("NU1101", StringComparison.Ordinal)
            || line.Contains("NU1102", StringComparison.Ordinal)) && !line.Contains(Library, StringComparison.Ordinal));
        Assert.SkipWhen(build.Code != 0 && missing is not null,
            $"A package that the library needs was restored to no folder known here: {missing}");
        Assert.True(build.Code == 0, build.Output + build.Error);

        var run = await DotnetCommand.RunAsync(folder, Path.Combine(built, "App.dll"), Model, pixels);
        Assert.True(run.Code == 0, run.Output + run.Error);
        Assert.Equal(Expected(DrawnFace()), run.Output.Trim());
        foreach (string stranger in (string[])["Spectre.Console.dll", "System.CommandLine.dll", "CsvHelper.dll"])
            Assert.False(File.Exists(Path.Combine(built, stranger)), stranger);
    }
}
