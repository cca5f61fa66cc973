namespace Fer.Pipeline.Data;

/// <summary>Finds data where the user gave no path: in the folder <c>data</c> at the top of the repository.</summary>
internal static class DataLocator
{
    /// <summary>Names that FER2013 comes under, the wanted ones first.</summary>
    internal static readonly string[] FileNames = ["fer2013.csv", "fer2013.csv.gz", "icml_face_data.csv", "icml_face_data.csv.gz"];

    /// <summary>
    /// The folder <c>data</c> at the top of the repository that the program was started in or built from; beside the current folder where
    /// there is none.
    /// </summary>
    internal static string DataFolder { get; } = Path.Combine(
        Top(Directory.GetCurrentDirectory()) ?? Top(AppContext.BaseDirectory) ?? Directory.GetCurrentDirectory(), "data");

    /// <summary>
    /// What is in <see cref="DataFolder"/>, or null. Pictures that lie there in one folder alone, as those to predict, are no data set.
    /// </summary>
    internal static string? Find() => FindIn(DataFolder, classes: 2, deep: false);

    /// <summary>
    /// The data in a folder that the user named: a FER2013 file, or a folder of pictures, the folder itself or one right below it. Null
    /// where there is none.
    /// </summary>
    internal static string? FindIn(string folder) => FindIn(folder, classes: 1, deep: true);

    private static string? FindIn(string folder, int classes, bool deep)
    {
        if (!Directory.Exists(folder)) return null;
        foreach (string name in FileNames)
            if (File.Exists(Path.Combine(folder, name))) return Path.Combine(folder, name);
        if (ImageFolder.IsOne(folder, classes)) return folder;
        return ImageFolder.Folders(folder).Select(name => Path.Combine(folder, name)).FirstOrDefault(one => ImageFolder.IsOne(one, classes))
            ?? (deep && ImageFolder.IsDeepOne(folder) ? folder : null);
    }

    private static string? Top(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "FerMl.sln"))) return folder.FullName;
        return null;
    }
}
