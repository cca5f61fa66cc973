using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>
/// Finds the pictures that a list names: where it says, or under the same name in a folder below the list's, or below one of pictures
/// beside that, as RAF-DB has <c>EmoLabel</c> and <c>Image</c>.
/// </summary>
/// <param name="folder">The list's folder.</param>
internal sealed class PictureFinder(string folder)
{
    // What RAF-DB's cut and turned faces have before the ending, and its list has not.
    private const string Aligned = "_aligned";

    private static readonly string[] Beside = ["image", "images", "img", "imgs", "picture", "pictures", "face", "faces"];

    private readonly List<string> _starts = [folder];
    private Dictionary<string, List<string>>? _byName;

    /// <summary>The picture that a list calls by a path.</summary>
    /// <param name="path">With slashes.</param>
    /// <param name="found">Where it is, or else why it is not found.</param>
    internal bool TryFind(string path, out string found)
    {
        // Pictures of one list mostly lie in one folder.
        for (int i = _starts.Count - 1; i >= 0; i--)
        {
            found = Path.Combine(_starts[i], path);
            if (File.Exists(found)) return true;
        }
        _byName ??= Walk().GroupBy(file => Path.GetFileName(file)).ToDictionary(files => files.Key, files => files.ToList());
        string name = Path.GetFileName(path);
        string aligned = Path.GetFileNameWithoutExtension(name) + Aligned + Path.GetExtension(name);
        string[] candidates = [.. Named(name).Where(file => EndsWith(file, path))];
        if (candidates.Length == 0) candidates = [.. Named(name)];
        if (candidates.Length == 0) candidates = [.. Named(aligned)];
        if (candidates.Length == 1)
        {
            found = candidates[0];
            if (EndsWith(found, path)) _starts.Add(found[..^(path.Length + 1)]);
            return true;
        }
        found = candidates.Length == 0
            ? $"no picture '{path}' in {folder}, the folders below it or one of pictures beside it. Put the list beside the pictures."
            : $"'{path}' may be {candidates[0]} or {candidates[1]}. Write more of the path into the list.";
        return false;
    }

    private IReadOnlyList<string> Walk()
    {
        var own = FileWalk.Of(folder, FileKinds.Pictures).Files;
        // Not the whole parent, which may be a home folder.
        if (own.Count > 0 || Path.GetDirectoryName(folder) is not { } parent) return own;
        return [.. ImageFolder.Folders(parent).Where(name => Beside.Contains(name, StringComparer.OrdinalIgnoreCase))
            .SelectMany(name => FileWalk.Of(Path.Combine(parent, name), FileKinds.Pictures).Files)];
    }

    private List<string> Named(string name) => _byName!.GetValueOrDefault(name, []);

    private static bool EndsWith(string file, string path) =>
        file.Replace('\\', '/').EndsWith("/" + path, StringComparison.Ordinal);
}
