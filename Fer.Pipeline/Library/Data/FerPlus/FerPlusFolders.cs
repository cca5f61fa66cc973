using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>
/// FER+'s own folders: <c>FER2013Train</c>, <c>FER2013Valid</c> and <c>FER2013Test</c> with the pictures that <c>fer2013new.csv</c> names,
/// as its script generate_training_data.py makes them.
/// </summary>
internal static class FerPlusFolders
{
    private static readonly string[] Names = ["FER2013Train", "FER2013Valid", "FER2013Test"];

    /// <summary>
    /// The folder that holds FER+'s folders, beside a file of votes or in a folder <c>data</c> there; null where there is none.
    /// </summary>
    internal static string? Beside(string votesPath)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(votesPath))!;
        foreach (string place in (string[])[folder, Path.Combine(folder, "data")])
            if (Names.Any(name => Directory.Exists(Path.Combine(place, name)))) return folder;
        return null;
    }

    /// <summary>The votes of every picture in the folders, by what it shows. Of pictures that show the same, the first by name.</summary>
    /// <param name="folder">Holds fer2013new.csv, and the folders at any depth.</param>
    /// <exception cref="FerException">There are no votes or no pictures.</exception>
    internal static Dictionary<UInt128, float[]> Read(string folder)
    {
        string file = Path.Combine(folder, FerPlusVotes.FileName);
        if (!File.Exists(file)) throw new FerException($"{folder}: no {FerPlusVotes.FileName} in it. {FerPlusVotes.Source}");
        var votes = FerPlusVotes.Read(file);
        var rows = votes.RowsByName();
        string[] pictures = [.. FileWalk.Of(folder, FileKinds.Pictures).Files.Where(path => rows.ContainsKey(Path.GetFileName(path)))];
        if (pictures.Length == 0)
            throw new FerException($"{folder}: none of the pictures that {FerPlusVotes.FileName} names is in it. FER+'s script " +
                "generate_training_data.py writes them into FER2013Train, FER2013Valid and FER2013Test.");
        var hashes = new UInt128?[pictures.Length];
        Parallel.For(0, pictures.Length, i =>
        {
            var gray = ImageDecoder.Load(pictures[i]).ToGray();
            if (gray.Width == Face.Side && gray.Height == Face.Side) hashes[i] = PixelHash.Of(gray.Pixels);
        });
        var found = new Dictionary<UInt128, float[]>();
        for (int i = 0; i < pictures.Length; i++)
        {
            if (hashes[i] is not { } hash || found.ContainsKey(hash)) continue;
            var ten = new float[FerPlusVotes.VoteCount];
            votes.CopyTo(rows[Path.GetFileName(pictures[i])], ten);
            found.Add(hash, ten);
        }
        return found;
    }
}
