using Fer.Output;
using Fer.Pipeline.Images;
using Fer.Pipeline.Video;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>What the user's paths stand for: pictures and videos, told apart by their first bytes.</summary>
/// <param name="Files">In the order of the paths, those of a folder sorted.</param>
/// <param name="Broken">An answer for each path that stands for nothing.</param>
/// <param name="IsOne">True where one file was named and nothing else: its answer need not say whose it is.</param>
internal sealed record InputFiles(IReadOnlyList<InputFile> Files, IReadOnlyList<PictureResult> Broken, bool IsOne)
{
    /// <summary>The table that the answers fit into.</summary>
    internal FaceTableKind Table =>
        !Files.Any(file => file.IsVideo) ? FaceTableKind.Pictures : IsOne ? FaceTableKind.Video : FaceTableKind.Files;

    /// <summary>Lists the files; what is passed over in folders is told on the error stream.</summary>
    /// <param name="given">Files, folders and <c>-</c>.</param>
    /// <param name="host">The command's surroundings.</param>
    /// <param name="gifsAreVideos">True where something is asked for that only videos have; else of a GIF the first frame.</param>
    internal static InputFiles Of(IReadOnlyList<string> given, CommandHost host, bool gifsAreVideos)
    {
        var files = new List<InputFile>();
        var broken = new List<PictureResult>();
        foreach (string one in given)
        {
            string path = host.Resolve(one);
            if (one == InputFile.StandardInput) files.Add(new InputFile(one, "standard input", "standard-input", IsVideo: false));
            else if (!Directory.Exists(path)) files.Add(File(path, Path.GetFileName(path)));
            else
            {
                var walk = FileWalk.Of(path, VideoKind.PicturesAndVideos);
                files.AddRange(walk.Files.Select(file => File(file, Path.GetRelativePath(path, file))));
                // What is closed may be what the user wants, so that is a failure.
                var closed = walk.PassedOver.Where(o => o.Why is PassedOverWhy.ClosedFile or PassedOverWhy.ClosedFolder).ToList();
                broken.AddRange(closed.Select(o => Failure(host.Shorten(o.Path), "cannot be opened. Check your rights to it.")));
                string? passedOver = PassedOver.Summary([.. walk.PassedOver.Except(closed)], VideoKind.PicturesAndVideos);
                if (walk.Files.Count > 0)
                {
                    if (passedOver is not null) host.Error.WriteLine($"{one}: {passedOver}");
                    continue;
                }
                string nothing = $"no {VideoKind.PicturesAndVideos.Description} in this folder.";
                broken.Add(Failure(one, passedOver is null ? nothing : $"{nothing} {passedOver}"));
            }
        }
        return new InputFiles(files, broken, given.Count == 1 && !Directory.Exists(host.Resolve(given[0])));

        static PictureResult Failure(string name, string why) => new(name, 0, 0, [], $"{name}: {why}");

        InputFile File(string path, string below) => new(path, host.Shorten(path), below, IsVideo(path, gifsAreVideos));
    }

    private static bool IsVideo(string path, bool gifsAreVideos)
    {
        // A pipe can be read once, so it is left to whoever reads pictures.
        byte[] head = new FileInfo(path) is { Exists: true, Length: > 0 } ? FileWalk.Head(path) ?? [] : [];
        return VideoKind.Is(path, head) || (gifsAreVideos && ImageKind.Of(head) == ImageKind.Gif);
    }
}
