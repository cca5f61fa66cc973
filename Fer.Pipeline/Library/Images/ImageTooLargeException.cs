namespace Fer.Pipeline.Images;

/// <summary>An image claims more pixels than may be taken: nothing is wrong with the file itself.</summary>
internal sealed class ImageTooLargeException(string message) : FerException(message);
