namespace Fer.Pipeline.Data;

/// <summary>Lazy views of faces, all with the columns of <see cref="FaceColumns"/>.</summary>
public static class FaceDataView
{
    /// <summary>The rows of a FER2013 CSV, plain or gzipped.</summary>
    public static IDataView LoadFromCsv(string path, FaceViewOptions? options = null) => new FerCsvView(path, options ?? new());

    /// <summary>
    /// Images in <c>train|validation|test/&lt;emotion&gt;/</c>, or in <c>&lt;emotion&gt;/</c> alone, made grey and 48x48.
    /// train is Training; validation is PublicTest and test then PrivateTest; without a validation folder test is PublicTest.
    /// </summary>
    public static IDataView LoadFromFolder(string path, FaceViewOptions? options = null) => new ImageFolderView(path, options ?? new());

    /// <summary>Drawn faces, all seven expressions in turn.</summary>
    public static IDataView LoadSamples(int count, long seed) => new SampleFaceView(count, seed);

    /// <summary>A file or folder, by what it is. A folder may also hold the CSV under its usual name.</summary>
    /// <exception cref="FerException">There is nothing at the path, or nothing that can be data.</exception>
    public static IDataView Load(string path, FaceViewOptions? options = null)
    {
        if (Directory.Exists(path))
        {
            string found = DataLocator.FindIn(path) ?? throw new FerException(
                $"{path}: neither {string.Join(", ", DataLocator.FileNames)} nor folders train/<emotion>/*.png in it. Name the CSV file or the folder of images.");
            return Directory.Exists(found) ? LoadFromFolder(found, options) : LoadFromCsv(found, options);
        }
        if (!File.Exists(path)) throw new FerException(DataFile.Missing(path));
        if (((string[])[".zip", ".tar.gz", ".tgz", ".tar", ".7z"]).FirstOrDefault(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } archive)
            throw new FerException($"{path}: a {archive} archive is not read. Unpack it and name the CSV file or the folder of images in it.");
        return LoadFromCsv(path, options);
    }

    /// <summary>A FER2013 CSV's rows with the votes of FER+'s <paramref name="votesPath"/> joined by row number.</summary>
    /// <param name="view">View of the CSV.</param>
    /// <param name="sourceName">Its name in messages.</param>
    /// <param name="votesPath">The file fer2013new.csv.</param>
    public static IDataView JoinFerPlus(this IDataView view, string sourceName, string votesPath) => new FerPlusView(view, sourceName, votesPath);
}
