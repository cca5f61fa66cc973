namespace Fer.Pipeline.Images;

/// <summary>
/// The files of a folder and the folders below it that are wanted, and what was passed over and why. A file is wanted by its first bytes;
/// one whose name claims to be wanted is taken as it is, so that whoever reads it says what is wrong with it. Files and folders whose names
/// start with a dot, <c>.ipynb_checkpoints</c> among them, are skipped without a word. Links are followed, but no folder is walked twice,
/// and none that holds the link. Sorted by path, so that every machine lists alike.
/// <code>
/// var walk = FileWalk.Of("faces", FileKinds.Pictures);
/// </code>
/// </summary>
internal sealed class FileWalk
{
    /// <summary>Bytes of a file that tell its kind: enough for every signature, a BMP header and two packets of an MPEG stream.</summary>
    internal const int HeadBytes = 512;

    // Alike everywhere: by default .NET skips what it calls hidden and what may not be opened.
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly string _root;
    private readonly FileKinds _wanted;
    private readonly List<string> _files = [];
    private readonly List<PassedOver> _passedOver = [];
    private readonly HashSet<string> _walked = [];
    private readonly Queue<(string Path, string Real)> _links = new();

    private FileWalk(string root, FileKinds wanted) => (_root, _wanted) = (root, wanted);

    /// <summary>The wanted files' paths, each beginning with the folder's as it was given, in ordinal order.</summary>
    internal IReadOnlyList<string> Files => _files;

    /// <summary>Everything else that was met, but for what starts with a dot, in ordinal order of the paths.</summary>
    internal IReadOnlyList<PassedOver> PassedOver => _passedOver;

    /// <summary>Walks over a folder. What cannot be opened is passed over; the folder itself is no exception.</summary>
    /// <param name="folder">Where to start.</param>
    /// <param name="wanted">Which files to list.</param>
    internal static FileWalk Of(string folder, FileKinds wanted)
    {
        var walk = new FileWalk(folder, wanted);
        walk.Folder(folder, RealPath.Of(folder) ?? Path.GetFullPath(folder));
        // Folders that are really there come first, so that a link to one of them is what is passed over, and not the folder.
        while (walk._links.TryDequeue(out var link)) walk.Folder(link.Path, link.Real);
        walk._files.Sort(StringComparer.Ordinal);
        walk._passedOver.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return walk;
    }

    /// <summary>The folders in a folder, by name in ordinal order, without those that start with a dot.</summary>
    /// <exception cref="FerException">The folder cannot be listed.</exception>
    internal static string[] Folders(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder, "*", All).Select(path => Path.GetFileName(path))
                .Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{folder}: cannot be listed ({e.Message}). Check the path and your rights to it.", e);
        }
    }

    private void Folder(string folder, string real)
    {
        if (!_walked.Add(real))
        {
            Pass(folder, PassedOverWhy.Repeated);
            return;
        }
        var folders = new List<string>();
        try
        {
            // In order, as of two links to one folder the first is the one that is followed.
            foreach (var entry in new DirectoryInfo(folder).GetFileSystemInfos("*", All).OrderBy(e => e.Name, StringComparer.Ordinal))
            {
                if (entry.Name.StartsWith('.')) continue;
                // Joined here: the entry's own path has lost what the caller wrote, such as a folder named relatively.
                string path = Path.Combine(folder, entry.Name);
                if (entry.LinkTarget is not null) Link(path, real);
                else if (entry is DirectoryInfo) folders.Add(path);
                else Found(path, ((FileInfo)entry).Length);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Pass(folder, PassedOverWhy.ClosedFolder);
        }
        foreach (string path in folders) Folder(path, Path.Combine(real, Path.GetFileName(path)));
    }

    private void Link(string path, string realFolder)
    {
        string? target = RealPath.Of(path);
        if (target is not null && Directory.Exists(target))
        {
            string inside = target.EndsWith('/') ? target : target + Path.DirectorySeparatorChar;
            bool isAbove = realFolder == target || realFolder.StartsWith(inside, StringComparison.Ordinal);
            if (isAbove) Pass(path, PassedOverWhy.Repeated);
            else _links.Enqueue((path, target));
        }
        else if (target is not null && File.Exists(target))
        {
            Found(path, new FileInfo(target).Length);
        }
        else
        {
            Pass(path, PassedOverWhy.BrokenLink);
        }
    }

    /// <summary>True for a file that a walk would list.</summary>
    internal static bool IsWanted(string path, FileKinds wanted)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null && RealPath.Of(path) is { } target) file = new FileInfo(target);
        return !Path.GetFileName(path.AsSpan()).StartsWith('.') && file.Exists && WhyNot(path, file.Length, wanted) is null;
    }

    private void Found(string path, long length)
    {
        if (WhyNot(path, length, _wanted) is { } why) Pass(path, why);
        else _files.Add(path);
    }

    private static PassedOverWhy? WhyNot(string path, long length, FileKinds wanted)
    {
        // A pipe or a device has no length either, and opening it could wait forever.
        if (length == 0) return PassedOverWhy.Empty;
        if (wanted.IsNamed(path)) return null;
        if (Head(path) is not { } head) return PassedOverWhy.ClosedFile;
        return wanted.Accepts(head) ? null : PassedOverWhy.OtherKind;
    }

    /// <summary>A file's first bytes; null where it cannot be opened.</summary>
    internal static byte[]? Head(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var head = new byte[HeadBytes];
            return head[..RandomAccess.Read(file, head, 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private void Pass(string path, PassedOverWhy why) => _passedOver.Add(new PassedOver(path, Path.GetRelativePath(_root, path), why));
}
