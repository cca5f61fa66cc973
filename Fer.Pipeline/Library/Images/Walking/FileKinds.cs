namespace Fer.Pipeline.Images;

/// <summary>Which files a <see cref="FileWalk"/> lists.</summary>
/// <param name="Description">What a message calls them, such as "JPEG or PNG".</param>
/// <param name="Endings">Endings of the names that claim to be such a file, in lower case, with the dot.</param>
/// <param name="Accepts">
/// True for the first bytes of a file that is one: <see cref="FileWalk.HeadBytes"/>, or fewer of a shorter file.
/// </param>
internal sealed record FileKinds(string Description, IReadOnlyCollection<string> Endings, FileKinds.HeadTest Accepts)
{
    /// <summary>Looks at a file's first bytes.</summary>
    internal delegate bool HeadTest(ReadOnlySpan<byte> head);

    /// <summary>The pictures that <see cref="ImageDecoder"/> reads.</summary>
    internal static FileKinds Pictures { get; } = new(ImageKind.Known, ImageDecoder.Extensions, IsPicture);

    /// <summary>True for a name with one of the endings.</summary>
    internal bool IsNamed(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant());

    // A text that starts with "BM" is no BMP: the size of its second header tells, which every writer sets to one of these.
    private static bool IsPicture(ReadOnlySpan<byte> head) => ImageKind.Of(head) switch
    {
        null => false,
        ImageKind.Bmp => head is [_, _, _, _, _, _, _, _, _, _, _, _, _, _, 12 or 16 or 40 or 52 or 56 or 64 or 108 or 124, 0, 0, 0, ..],
        _ => true,
    };
}
