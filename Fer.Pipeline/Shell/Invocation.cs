namespace Fer.Shell;

/// <summary>How the user starts this program, so that a message can say what to type next.</summary>
internal static class Invocation
{
    /// <summary>Set by the starters <c>fer</c> and <c>fer.cmd</c> at the top level to what was typed for them.</summary>
    internal const string Variable = "FER_COMMAND";

    /// <summary>What stands before the command's name.</summary>
    /// <param name="typed">What a starter says was typed, or null.</param>
    /// <param name="programFolder">Where the program lies.</param>
    /// <param name="currentFolder">Where the user is.</param>
    internal static string Of(string? typed, string programFolder, string currentFolder)
    {
        if (!string.IsNullOrWhiteSpace(typed)) return typed;
        string release = programFolder.Split(Path.DirectorySeparatorChar).Contains("Release") ? " -c Release" : "";
        // Below its project's folder the program was built by `dotnet run`; anywhere else it is installed.
        for (var folder = new DirectoryInfo(programFolder); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Fer.csproj"))) continue;
            string path = Path.GetRelativePath(currentFolder, folder.FullName);
            string project = path == "." ? "" : $" --project {(path.Contains(' ') ? $"\"{path}\"" : path)}";
            return $"dotnet run{project}{release} --";
        }
        return "fer";
    }
}
