using Fer.Pipeline;

namespace Fer.Server;

/// <summary>What a client wrote, as messages show it.</summary>
internal static class SentText
{
    private const int Longest = 80, LongestName = 100;

    /// <summary>The beginning of a long text.</summary>
    internal static string Short(string text) => text.Length > Longest ? text[..Longest] + "…" : text;

    /// <summary>What messages call a picture: the name that it was sent with, else its number.</summary>
    internal static string PictureName(string sent, int index)
    {
        string name = VisibleText.Line(sent.Length > LongestName ? sent[..LongestName] : sent);
        return name.Length > 0 ? name : $"picture {index + 1}";
    }
}
