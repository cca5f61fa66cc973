namespace Fer.Shell;

/// <summary>The default places, the same from the top of the repository and from inside a project folder.</summary>
internal sealed class ProjectFolders
{
    /// <summary>
    /// Finds the top level: the folder of <c>FerMl.sln</c> above the current folder, else above the program, else the current folder.
    /// </summary>
    internal ProjectFolders(string currentFolder) =>
        Top = Above(currentFolder) ?? Above(AppContext.BaseDirectory) ?? currentFolder;

    /// <summary>The top level.</summary>
    internal string Top { get; }

    /// <summary>Where FER2013 is looked for.</summary>
    internal string Data => Path.Combine(Top, "data");

    /// <summary>Where runs leave their results.</summary>
    internal string Artifacts => Path.Combine(Top, "artifacts");

    private static string? Above(string folder)
    {
        for (var f = new DirectoryInfo(folder); f is not null; f = f.Parent)
            if (File.Exists(Path.Combine(f.FullName, "FerMl.sln"))) return f.FullName;
        return null;
    }
}
