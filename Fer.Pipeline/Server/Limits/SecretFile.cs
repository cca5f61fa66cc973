namespace Fer.Server;

/// <summary>Files that hold a secret: keys, passwords.</summary>
internal static class SecretFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>What to warn of: others on this machine may read or change the file. Null where it is the owner's alone.</summary>
    internal static string? Warning(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return null;
        var mode = File.GetUnixFileMode(path) & Others;
        if (mode == UnixFileMode.None) return null;
        bool write = (mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;
        return $"{path}: other users of this machine may {(write ? "change" : "read")} this file. 'chmod 600 {Path.GetFileName(path)}' " +
            "keeps it to its owner.";
    }
}
