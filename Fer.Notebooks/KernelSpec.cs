using System.Text.Json;
using System.Text.Json.Nodes;
using Fer.Pipeline;

namespace Fer.Notebooks;

/// <summary>
/// The file by which Jupyter starts the kernel. The tool writes one as well, but with it the kernel answers HTTP requests on every address
/// of the machine; this one keeps it to 127.0.0.1, and it starts from any folder.
/// </summary>
internal static class KernelSpec
{
    private const string Package = "microsoft.dotnet-interactive";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The folder that Jupyter looks for the user's kernels in.</summary>
    internal static string UserFolder()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } set) return Path.Combine(set, "kernels");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter", "kernels");
        if (OperatingSystem.IsMacOS()) return Path.Combine(home, "Library", "Jupyter", "kernels");
        string share = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? data
            : Path.Combine(home, ".local", "share");
        return Path.Combine(share, "jupyter", "kernels");
    }

    /// <summary>The program of the tool that the manifest names, where <c>dotnet tool restore</c> puts it.</summary>
    /// <exception cref="FerException">There is no manifest, it names another tool, or the tool was not restored.</exception>
    internal static string FindProgram(string manifest)
    {
        string version;
        try
        {
            version = JsonNode.Parse(File.ReadAllText(manifest))?["tools"]?[Package]?["version"]?.GetValue<string>()
                ?? throw new FerException($"{manifest}: it does not name {Package}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new FerException($"{manifest}: cannot be read ({e.Message}). Run this below the folder of FerMl.sln.", e);
        }
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string program = Path.Combine(packages, Package, version, "tools", "net10.0", "any", "Microsoft.DotNet.Interactive.App.dll");
        return File.Exists(program) ? program : throw new FerException($"{program} is not there. Run `dotnet tool restore` first.");
    }

    /// <summary>Writes <c>.net-csharp/kernel.json</c>.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="FerException">It cannot be written.</exception>
    internal static string Write(string kernels, string program)
    {
        string file = Path.Combine(kernels, Notebook.KernelName, "kernel.json");
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray("dotnet", program, "jupyter", "--default-kernel", "csharp", "--http-local-only", "{connection_file}"),
            ["display_name"] = ".NET (C#)",
            ["language"] = "C#",
            ["env"] = new JsonObject { ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1" },
        };
        AtomicFile.WriteText(file, spec.ToJsonString(Indented) + "\n");
        return file;
    }
}
