using System.Globalization;

namespace Fer.Pipeline.Images;

/// <summary>Why a <see cref="FileWalk"/> left something out.</summary>
internal enum PassedOverWhy
{
    /// <summary>A file of another kind.</summary>
    OtherKind,
    /// <summary>A file without a byte, a pipe or a device.</summary>
    Empty,
    /// <summary>A file that cannot be opened.</summary>
    ClosedFile,
    /// <summary>A folder that cannot be listed, as a whole or to its end.</summary>
    ClosedFolder,
    /// <summary>A link to nothing, or to itself.</summary>
    BrokenLink,
    /// <summary>A link to a folder that holds it, or that was walked already.</summary>
    Repeated,
    /// <summary>A picture that lies in no class's folder of a data set.</summary>
    OutsideClass,
}

/// <summary>What a <see cref="FileWalk"/> left out.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Below">Its path below the folder that was walked.</param>
/// <param name="Why">The reason.</param>
internal readonly record struct PassedOver(string Path, string Below, PassedOverWhy Why)
{
    private const int MostNamed = 8;

    /// <summary>
    /// One line on all that was left out, such as "3 passed over. Not JPEG or PNG: 2 .txt. Folders that cannot be opened: closed."; null
    /// where nothing was.
    /// </summary>
    /// <param name="all">What was left out.</param>
    /// <param name="wanted">What was looked for.</param>
    internal static string? Summary(IReadOnlyCollection<PassedOver> all, FileKinds wanted)
    {
        if (all.Count == 0) return null;
        var groups = all.GroupBy(one => one.Why).OrderBy(group => group.Key)
            .Select(group => $" {Title(group.Key, wanted)}: {Names(group)}.");
        return string.Create(CultureInfo.InvariantCulture, $"{all.Count:N0} passed over.{string.Concat(groups)}");
    }

    private static string Title(PassedOverWhy why, FileKinds wanted) => why switch
    {
        PassedOverWhy.OtherKind => $"Not {wanted.Description}",
        PassedOverWhy.Empty => "Empty",
        PassedOverWhy.ClosedFile => "Files that cannot be opened",
        PassedOverWhy.ClosedFolder => "Folders that cannot be opened",
        PassedOverWhy.BrokenLink => "Links that lead nowhere",
        PassedOverWhy.Repeated => "Links to folders that are read already",
        _ => "In no folder of a class",
    };

    // Files by their endings, as there may be thousands; what is to be mended, by name.
    private static string Names(IGrouping<PassedOverWhy, PassedOver> group)
    {
        if (group.Key != PassedOverWhy.OtherKind)
            return string.Join(", ", group.Take(MostNamed).Select(one => one.Below)) + (group.Count() > MostNamed ? ", …" : "");
        var endings = group.CountBy(one => System.IO.Path.GetExtension(one.Below).ToLowerInvariant())
            .OrderByDescending(ending => ending.Value).ThenBy(ending => ending.Key.Length == 0)
            .ThenBy(ending => ending.Key, StringComparer.Ordinal).ToArray();
        return string.Join(", ", endings.Take(MostNamed).Select(ending => string.Create(CultureInfo.InvariantCulture,
            $"{ending.Value:N0} {(ending.Key.Length > 0 ? ending.Key : "without ending")}"))) + (endings.Length > MostNamed ? ", …" : "");
    }
}
