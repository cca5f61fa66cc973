using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// Where faces come from, in a fixed order: a CSV, a folder of images, or drawn faces. A <see cref="FaceDataView"/> makes columns of it.
/// </summary>
internal abstract class FaceSource
{
    /// <summary>What messages call the source.</summary>
    internal abstract string Name { get; }

    /// <summary>True where <see cref="Open"/> heeds its seed.</summary>
    internal abstract bool CanShuffle { get; }

    /// <summary>Number of rows of the scheme's classes, or null where only reading them all would tell.</summary>
    internal abstract long? CountRows(LabelScheme scheme);

    /// <summary>A reader before the first row. Nothing is opened before it moves.</summary>
    /// <param name="usage">Reads the split of each row.</param>
    /// <param name="pixels">Reads the pixels of each row.</param>
    /// <param name="seed">Order of the rows, where <see cref="CanShuffle"/>; null is the source's own.</param>
    internal abstract FaceReader Open(bool usage, bool pixels, long? seed);

    /// <summary>A file or folder, by what it is. A folder may also hold the CSV under its usual name.</summary>
    /// <exception cref="FerException">There is nothing at the path, or nothing that can be data.</exception>
    internal static FaceSource Of(string path, FaceViewOptions options)
    {
        if (Directory.Exists(path))
        {
            string found = DataLocator.FindIn(path) ?? throw new FerException(
                $"{path}: neither {string.Join(", ", DataLocator.FileNames)} nor folders train/<emotion>/*.png in it. " +
                "Name the CSV file or the folder of images.");
            return Directory.Exists(found) ? new ImageFolderSource(found, options) : new FerCsvSource(found, options);
        }
        if (!File.Exists(path)) throw new FerException(DataFile.Missing(path));
        string[] archives = [".zip", ".tar.gz", ".tgz", ".tar", ".7z"];
        if (Array.Find(archives, end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } archive)
            throw new FerException($"{path}: a {archive} archive is not read. " +
                "Unpack it and name the CSV file or the folder of images in it.");
        return new FerCsvSource(path, options);
    }
}
