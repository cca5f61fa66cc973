using System.Text;

namespace Fer.Pipeline.Faces;

/// <summary>FER2013's names of the splits, and those that other data sets and folders have for them.</summary>
internal static class UsageNames
{
    private static readonly Dictionary<string, Usage> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = Usage.Training,
        ["validation"] = Usage.PublicTest,
        ["valid"] = Usage.PublicTest,
        ["val"] = Usage.PublicTest,
        ["dev"] = Usage.PublicTest,
        ["test"] = Usage.PrivateTest,
        ["testing"] = Usage.PrivateTest,
    };

    internal static IReadOnlyList<string> All { get; } = Enum.GetNames<Usage>();

    /// <summary>Finds the split of a name in UTF-8, whatever its case.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, out Usage usage)
    {
        if (Ascii.EqualsIgnoreCase(name, "Training"u8)) usage = Usage.Training;
        else if (Ascii.EqualsIgnoreCase(name, "PublicTest"u8)) usage = Usage.PublicTest;
        else if (Ascii.EqualsIgnoreCase(name, "PrivateTest"u8)) usage = Usage.PrivateTest;
        else return Others.TryGetValue(Encoding.UTF8.GetString(name), out usage);
        return true;
    }

    /// <summary>Finds the split of a name, whatever its case.</summary>
    internal static bool TryParse(string name, out Usage usage) => TryParse(Encoding.UTF8.GetBytes(name), out usage);

    /// <summary>The split of a name, written as in <see cref="All"/>.</summary>
    /// <exception cref="FerException">The name is none; the message names the nearest.</exception>
    internal static Usage Parse(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < All.Count; i++)
            if (name.SequenceEqual(All[i])) return (Usage)i;
        throw new FerException($"'{name}' is not a split.{NearestName.Hint(name.ToString(), All)} Known are {string.Join(", ", All)}.");
    }
}
