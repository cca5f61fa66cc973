using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>
/// Where faces come from, in a fixed order: a CSV, a folder of images, a list of them, or drawn faces. A <see cref="FaceDataView"/> makes
/// columns of it.
/// </summary>
internal abstract class FaceSource
{
    /// <summary>What messages call the source.</summary>
    internal abstract string Name { get; }

    /// <summary>True where <see cref="Open"/> heeds its seed.</summary>
    internal abstract bool CanShuffle { get; }

    /// <summary>
    /// All labels there are; null where they are FER2013's numbers, or drawn, and only reading every row would tell which of them are
    /// there.
    /// </summary>
    /// <exception cref="FerException">The source cannot be read.</exception>
    internal virtual IReadOnlyCollection<string>? FindLabels() => null;

    /// <summary>Number of rows of the scheme's classes, or null where only reading them all would tell.</summary>
    internal abstract long? CountRows(LabelScheme scheme);

    /// <summary>A reader before the first row. Nothing is opened before it moves.</summary>
    /// <param name="scheme">The classes: where they are emotions, any other label is a fault. Null takes all labels.</param>
    /// <param name="usage">Reads the split of each row.</param>
    /// <param name="pixels">Reads the pixels of each row.</param>
    /// <param name="seed">Order of the rows, where <see cref="CanShuffle"/>; null is the source's own.</param>
    internal abstract FaceReader Open(LabelScheme? scheme, bool usage, bool pixels, long? seed);

    /// <summary>The classes of the source's own labels; FER2013's seven where its labels are numbers.</summary>
    /// <param name="merges">What is merged into what, such as <c>disgust=angry</c>.</param>
    /// <exception cref="FerException">The source cannot be read.</exception>
    /// <exception cref="FerUsageException">A merge is of no label, or fewer than two classes are left.</exception>
    internal LabelScheme FindScheme(IReadOnlyList<string>? merges = null)
    {
        if (FindLabels() is { } labels)
        {
            return labels.Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1 ? LabelScheme.OfLabels(labels, merges)
                : throw new FerException($"{Name}: all faces are of one class, {labels.FirstOrDefault()}. " +
                    "A classifier tells two or more apart: add faces of another.");
        }
        return merges is null or [] ? LabelScheme.Seven : LabelScheme.Custom([], merges);
    }

    /// <summary>What is in a folder instead of data.</summary>
    private static FerException NoData(string folder)
    {
        var walk = FileWalk.Of(folder, FileKinds.Pictures);
        string there = walk.Files.Count > 0
            ? $" It holds {walk.Files.Count:N0} picture{(walk.Files.Count == 1 ? "" : "s")}, in no folder of a class: put each into a " +
                "folder called as what it shows, or name a list of pictures and labels."
            : PassedOver.Summary(walk.PassedOver, FileKinds.Pictures) is { } summary ? $" {summary}" : " It is empty.";
        return new FerException($"{folder}: neither {string.Join(", ", DataLocator.FileNames)} nor folders <class>/*.png or " +
            $"train/<class>/*.png in it.{there} Name the CSV file, the list of pictures or the folder of pictures.");
    }

    /// <summary>A file or folder, by what it is. A folder may also hold the CSV under its usual name.</summary>
    /// <exception cref="FerException">There is nothing at the path, or nothing that can be data.</exception>
    internal static FaceSource Of(string path, FaceViewOptions options)
    {
        if (Directory.Exists(path))
        {
            string found = DataLocator.FindIn(path) ?? throw NoData(path);
            return Directory.Exists(found) ? ImageFileSource.OfFolder(found, options) : new FerCsvSource(found, options);
        }
        if (!Path.Exists(path)) throw new FerException(DataFile.Missing(path));
        string[] archives = [".zip", ".tar.gz", ".tgz", ".tar", ".7z", ".rar"];
        if (Array.Find(archives, end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } archive)
            throw new FerException($"{path}: a {archive} archive is not read. " +
                "Unpack it and name the CSV file or the folder of images in it.");
        var file = new DataInput(path);
        return ImageList.IsOne(file) ? ImageFileSource.OfList(file, options) : new FerCsvSource(file, options);
    }
}
