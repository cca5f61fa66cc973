using System.Text.Json.Nodes;
using Fer.Notebooks;
using Fer.Pipeline;

namespace Fer.Tests.Notebooks;

public sealed class KernelSpecTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_kernel_is_started_so_that_it_listens_on_this_machine_alone()
    {
        string file = KernelSpec.Write(_folder.Path, "tool.dll");
        Assert.Equal(Path.Combine(_folder.Path, ".net-csharp", "kernel.json"), file);
        var spec = JsonNode.Parse(File.ReadAllText(file))!;
        string[] arguments = [.. spec["argv"]!.AsArray().Select(one => one!.GetValue<string>())];
        Assert.Equal(["dotnet", "tool.dll", "jupyter"], arguments[..3]);
        Assert.Contains("--http-local-only", arguments);
        Assert.Contains("{connection_file}", arguments);
        Assert.Equal("1", spec["env"]!["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"]!.GetValue<string>());
    }

    [Fact]
    public void The_hosted_kernel_and_the_pinned_tool_are_of_one_build()
    {
        // The tool 1.0.7YYYDD and the packages 1.0.0-beta.26YYY.D carry the day they were built on.
        string tool = JsonNode.Parse(File.ReadAllText(Path.Combine(TestPaths.Root, ".config", "dotnet-tools.json")))!
            ["tools"]!["microsoft.dotnet-interactive"]!["version"]!.GetValue<string>();
        string packages = File.ReadAllText(Path.Combine(TestPaths.Root, "Directory.Packages.props"));
        Assert.Equal("1.0.712001", tool);
        Assert.Contains("\"Microsoft.DotNet.Interactive\" Version=\"1.0.0-beta.26120.1\"", packages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"tools":{}}""", "does not name")]
    [InlineData("""{"tools":{"microsoft.dotnet-interactive":{"version":"0.0.1"}}}""", "dotnet tool restore")]
    public void Without_the_tool_the_error_says_what_to_do(string? manifest, string expected)
    {
        string file = Path.Combine(_folder.Path, "dotnet-tools.json");
        if (manifest is not null) File.WriteAllText(file, manifest);
        var error = Assert.Throws<FerException>(() => KernelSpec.FindProgram(file));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
