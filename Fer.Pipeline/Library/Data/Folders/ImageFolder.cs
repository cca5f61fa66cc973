using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>An image of a folder data set.</summary>
internal readonly record struct FolderImage(string Path, Emotion Emotion, Usage? Usage);

/// <summary>
/// Lists the images of a folder data set: <c>train|validation|test/&lt;emotion&gt;/*</c> as Kaggle's image version of FER2013 has it, or
/// <c>&lt;emotion&gt;/*</c> alone. train is Training; validation is PublicTest and test then PrivateTest; without validation test is
/// PublicTest, so that there is a split to choose on. Sorted by path, so every machine lists alike.
/// </summary>
internal static class ImageFolder
{
    private static readonly string[] Train = ["train", "training"];
    private static readonly string[] Validation = ["validation", "val", "valid", "publictest"];
    private static readonly string[] Test = ["test", "testing", "privatetest"];

    /// <summary>True for a folder that holds folders of splits or emotions with images.</summary>
    internal static bool IsOne(string folder)
    {
        var names = Folders(folder);
        return names.Any(
            name => SplitOf(name) is not null && Folders(Path.Combine(folder, name)).Any(inner => EmotionNames.TryParse(inner, out _))) ||
            names.Any(name => EmotionNames.TryParse(name, out _) && Images(Path.Combine(folder, name)).Any());
    }

    /// <summary>All images, in a fixed order.</summary>
    /// <exception cref="FerException">A folder's name is neither split nor emotion, or there is no image.</exception>
    internal static List<FolderImage> List(string folder)
    {
        if (!Directory.Exists(folder)) throw new FerException(DataFile.Missing(folder));
        string[] names = Folders(folder);
        bool hasValidation = names.Any(name => SplitOf(name) == Usage.PublicTest);
        var images = new List<FolderImage>();
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (SplitOf(name) is { } split)
            {
                var usage = split == Usage.PrivateTest && !hasValidation ? Usage.PublicTest : split;
                foreach (string emotion in Folders(path)) Add(images, Path.Combine(path, emotion), emotion, usage);
            }
            else
            {
                Add(images, path, name, null);
            }
        }
        if (images.Count == 0)
        {
            throw new FerException($"{folder}: no image in it. Put {ImageKind.Known} files into train/<emotion>/, " +
                $"for example {Path.Combine(folder, "train", "happy", "1.png")}.");
        }
        if (images.Any(image => image.Usage is null) && images.Any(image => image.Usage is not null))
            throw new FerException($"{folder}: folders of splits and of emotions side by side. " +
                "Put the emotions into train, validation or test.");
        return images;
    }

    private static void Add(List<FolderImage> images, string folder, string name, Usage? usage)
    {
        string[] files = [.. Images(folder)];
        if (files.Length == 0) return;
        if (!EmotionNames.TryParse(name, out var emotion))
            throw new FerException($"{folder}: {EmotionNames.Unknown(name)} Rename the folder, or move it away.");
        foreach (string file in files) images.Add(new FolderImage(file, emotion, usage));
    }

    private static Usage? SplitOf(string name)
    {
        string lower = name.ToLowerInvariant();
        if (Train.Contains(lower)) return Usage.Training;
        if (Validation.Contains(lower)) return Usage.PublicTest;
        return Test.Contains(lower) ? Usage.PrivateTest : null;
    }

    private static string[] Folders(string folder) => FileWalk.Folders(folder);

    private static IReadOnlyList<string> Images(string folder) => FileWalk.Of(folder, FileKinds.Pictures).Files;
}
