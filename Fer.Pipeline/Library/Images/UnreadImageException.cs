namespace Fer.Pipeline.Images;

/// <summary>A file is no picture of a kind that is read, whatever its name ends in.</summary>
internal sealed class UnreadImageException(string message) : FerException(message);
