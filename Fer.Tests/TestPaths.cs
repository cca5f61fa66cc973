namespace Fer.Tests;

/// <summary>Where tests find the repository and, beside it, the real data.</summary>
internal static class TestPaths
{
    /// <summary>The folder of FerMl.sln.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The folder of the real FER2013 data, or null where it is absent.</summary>
    internal static string? SharedData { get; } = Existing(Path.Combine(Root, "..", "shared", "data"));

    /// <summary>Why a test of the real data is skipped.</summary>
    internal const string NoSharedData = "FER2013 is not beside the repository (../shared/data).";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "FerMl.sln"))) return folder.FullName;
        throw new InvalidOperationException("FerMl.sln is not above the test assembly.");
    }

    private static string? Existing(string folder) => Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
}
