using System.Text;

namespace Fer.Pipeline.Faces;

/// <summary>FER2013's names of the splits.</summary>
internal static class UsageNames
{
    internal static IReadOnlyList<string> All { get; } = Enum.GetNames<Usage>();

    /// <summary>Finds the split of a name in UTF-8, whatever its case.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, out Usage usage)
    {
        if (Ascii.EqualsIgnoreCase(name, "Training"u8)) usage = Usage.Training;
        else if (Ascii.EqualsIgnoreCase(name, "PublicTest"u8)) usage = Usage.PublicTest;
        else if (Ascii.EqualsIgnoreCase(name, "PrivateTest"u8)) usage = Usage.PrivateTest;
        else
        {
            usage = default;
            return false;
        }
        return true;
    }
}
