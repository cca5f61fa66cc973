namespace Fer.Commands;

/// <summary>A picture or a video to predict.</summary>
/// <param name="Path">Where it is; <see cref="StandardInput"/> for what is piped in.</param>
/// <param name="Name">What answers and messages call it.</param>
/// <param name="Below">Its path below the folder that was given, or its name.</param>
/// <param name="IsVideo">True for a video.</param>
internal sealed record InputFile(string Path, string Name, string Below, bool IsVideo)
{
    /// <summary>What a user types for standard input.</summary>
    internal const string StandardInput = "-";
}
