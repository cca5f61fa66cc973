using Fer.Output;
using Fer.Pipeline.Images;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>A picture to predict.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Below">Its path below the folder that was given, or its name.</param>
internal sealed record PictureFile(string Path, string Below);

/// <summary>What the user's paths stand for.</summary>
internal static class PictureFiles
{
    private static readonly string[] VideoExtensions = [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".wmv"];

    /// <summary>True for the name of a video.</summary>
    internal static bool IsVideo(string path) => VideoExtensions.Contains(Path.GetExtension(path).ToLowerInvariant());

    /// <summary>True for the name of a GIF: a picture, or a video where something is asked for that only videos have.</summary>
    internal static bool IsGif(string path) => Path.GetExtension(path).Equals(".gif", StringComparison.OrdinalIgnoreCase);

    /// <summary>The pictures of all paths, those of folders sorted, and an answer for each path that has none.</summary>
    internal static (IReadOnlyList<PictureFile> Files, IReadOnlyList<PictureResult> Broken) Expand(
        IEnumerable<string> given, CommandHost host)
    {
        var files = new List<PictureFile>();
        var broken = new List<PictureResult>();
        foreach (string one in given)
        {
            string path = host.Resolve(one);
            if (!Directory.Exists(path))
            {
                files.Add(new PictureFile(path, Path.GetFileName(path)));
                continue;
            }
            try
            {
                string[] found = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                    .Where(f => ImageDecoder.Extensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal)];
                files.AddRange(found.Select(f => new PictureFile(f, Path.GetRelativePath(path, f))));
                if (found.Length == 0) broken.Add(new PictureResult(one, 0, 0, [], $"{one}: no {ImageKind.Known} file in this folder."));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                broken.Add(new PictureResult(one, 0, 0, [], $"{one}: cannot be listed ({e.Message})."));
            }
        }
        return (files, broken);
    }
}
