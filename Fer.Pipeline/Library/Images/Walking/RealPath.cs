namespace Fer.Pipeline.Images;

/// <summary>A path without links, so that two paths to one folder are seen to be one.</summary>
internal static class RealPath
{
    // As many as Linux follows in one path.
    private const int MostLinks = 40;

    /// <summary>The full path of an entry with every link on the way resolved; null where a link leads nowhere or in a circle.</summary>
    internal static string? Of(string path)
    {
        string full = Path.GetFullPath(path);
        int links = 0;
        var rest = new Stack<string>(Parts(full).Reverse());
        string real = Path.GetPathRoot(full)!;
        while (rest.TryPop(out string? name))
        {
            string next = Path.Combine(real, name);
            string? target;
            try
            {
                target = new FileInfo(next).LinkTarget;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
            if (target is null)
            {
                real = next;
                continue;
            }
            if (++links > MostLinks) return null;
            string to = Path.GetFullPath(target, real);
            foreach (string part in Parts(to).Reverse()) rest.Push(part);
            real = Path.GetPathRoot(to)!;
        }
        return Path.Exists(real) ? real : null;
    }

    private static string[] Parts(string full) =>
        full[Path.GetPathRoot(full)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
