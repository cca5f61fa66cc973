using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fer.Tests.Packaging;

/// <summary>What of the Dockerfile can be shown without an engine that builds it.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(TestPaths.Root, "Dockerfile"));

    [Fact]
    public void Everything_that_is_copied_is_in_the_repository_and_not_kept_out()
    {
        string[] ignored = [.. File.ReadAllLines(Path.Combine(TestPaths.Root, ".dockerignore"))];
        foreach (string line in Lines.Where(l => Copied().IsMatch(l)))
            foreach (string path in line.Split(' ')[1..^1])
            {
                string full = Path.Combine(TestPaths.Root, path);
                Assert.True(File.Exists(full) || Directory.Exists(full), $"{line}: there is no {path}");
                bool isOut = ignored.Any(i => i == path || (i.EndsWith("/*", StringComparison.Ordinal)
                    && path.StartsWith(i[..^1], StringComparison.Ordinal)))
                    && !ignored.Any(i => i[0] == '!' && (i[1..] == path || path.StartsWith(i[1..] + "/", StringComparison.Ordinal)));
                Assert.False(isOut, $"{line}: .dockerignore keeps {path} out");
            }
    }

    [Fact]
    public void The_images_are_of_the_version_of_global_json()
    {
        using var global = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestPaths.Root, "global.json")));
        string version = global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!;
        string[] images = [.. Lines.Select(l => Image().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)];
        Assert.Equal(2, images.Length);
        Assert.All(images, image => Assert.Equal(string.Join('.', version.Split('.')[..2]), image));
    }

    [Fact]
    public void It_runs_as_nobody_in_particular_and_its_commands_are_those_of_the_program()
    {
        Assert.Contains("USER $APP_UID", Lines);
        string text = string.Join('\n', Lines);
        foreach (string command in (string[])["serve", "health"])
        {
            Assert.Contains($"\"{command}\"", text);
            Assert.Contains(Program.Commands, c => c.Name == command);
        }
        var serve = Program.Commands.Single(c => c.Name == "serve");
        foreach (Match option in Option().Matches(Lines.Single(l => l.StartsWith("CMD ", StringComparison.Ordinal))))
            Assert.Contains(serve.Options, o => o.Name == option.Value);
    }

    [GeneratedRegex(@"^FROM \S+/dotnet/(?:sdk|aspnet):(\S+)")]
    private static partial Regex Image();

    [GeneratedRegex(@"^COPY (?!--from)")]
    private static partial Regex Copied();

    [GeneratedRegex(@"--[a-z-]+")]
    private static partial Regex Option();
}
