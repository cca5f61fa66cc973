using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>
/// Lists the pictures of a folder data set: <c>train|validation|test/&lt;class&gt;/</c> as Kaggle's image version of FER2013 has it, or
/// <c>&lt;class&gt;/</c> alone; a class's folder may have folders of its own. train is Training; validation is PublicTest and test then
/// PrivateTest; without validation test is PublicTest, so that there is a split to choose on. Sorted by path, so every machine lists alike.
/// </summary>
internal static class ImageFolder
{
    /// <summary>True for a folder that holds folders of classes, or of splits, with pictures right in them.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="classes">The least number of classes.</param>
    internal static bool IsOne(string folder, int classes = 1)
    {
        string[] names = Folders(folder);
        var splits = names.Where(name => UsageNames.TryParse(name, out _)).ToArray();
        return splits.Any(split => HasClasses(Path.Combine(folder, split), Folders(Path.Combine(folder, split)))) ||
            HasClasses(folder, [.. names.Except(splits)]);

        bool HasClasses(string parent, string[] inside) =>
            inside.Where(name => HoldsPicture(Path.Combine(parent, name))).Take(classes).Count() == classes;
    }

    /// <summary>True for a folder whose folders hold pictures at any depth.</summary>
    internal static bool IsDeepOne(string folder) =>
        Folders(folder).Any(name => FileWalk.Of(Path.Combine(folder, name), FileKinds.Pictures).Files.Count > 0);

    /// <summary>All pictures, in a fixed order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The map of labels, and who is told what was passed over.</param>
    /// <exception cref="FerException">There is no picture, or a folder's name does not say what it shows.</exception>
    internal static ImageListing List(string folder, FaceViewOptions options)
    {
        if (!Directory.Exists(folder)) throw new FerException(DataFile.Missing(folder));
        var walk = FileWalk.Of(folder, FileKinds.Pictures);
        var images = new List<LabelledImage>();
        var passedOver = new List<PassedOver>();
        var faults = new List<string>();
        foreach (string path in walk.Files)
        {
            string below = Path.GetRelativePath(folder, path);
            string[] parts = below.Split(Path.DirectorySeparatorChar);
            Usage? usage = parts.Length > 1 && UsageNames.TryParse(parts[0], out var split) ? split : null;
            int label = usage is null ? 0 : 1;
            if (parts.Length < label + 2) passedOver.Add(new PassedOver(path, below, PassedOverWhy.OutsideClass));
            else images.Add(new LabelledImage(path, parts[label], usage));
        }
        foreach (var one in walk.PassedOver)
        {
            // Whole classes may be missing: no note, but a fault like a broken row.
            if (one.Why == PassedOverWhy.ClosedFolder) faults.Add($"{one.Path}: a folder that cannot be opened. Check your rights to it.");
            else passedOver.Add(one);
        }
        if (PassedOver.Summary(passedOver, FileKinds.Pictures) is { } summary) options.OnNote?.Invoke($"{folder}: {summary}");
        if (images.Count == 0) throw Empty(folder, faults);
        if (images.Any(image => image.Usage is null) && images.FindIndex(image => image.Usage is null) is var alone
            && images.Any(image => image.Usage is not null))
            throw new FerException($"{folder}: the folder {images[alone].Label} stands beside folders of splits. " +
                "Put the folders of classes into train, validation or test, or move it away.");
        return new ImageListing(ImageListing.WithValidation(images), faults).Name(folder, "folders", options);
    }

    private static FerException Empty(string folder, List<string> faults) => new(faults.Count > 0 ? faults[0]
        : $"{folder}: no picture in a folder of a class. Put {ImageKind.Known} files into train/<class>/, " +
            $"for example {Path.Combine(folder, "train", "happy", "1.png")}.");

    /// <summary>The folders in a folder; none where it cannot be opened, which the listing tells of.</summary>
    internal static string[] Folders(string folder)
    {
        try
        {
            return FileWalk.Folders(folder);
        }
        catch (FerException)
        {
            return [];
        }
    }

    private static bool HoldsPicture(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(folder).Any(path => FileWalk.IsWanted(path, FileKinds.Pictures));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
