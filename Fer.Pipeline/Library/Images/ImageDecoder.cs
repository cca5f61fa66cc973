namespace Fer.Pipeline.Images;

/// <summary>
/// Reads PNG and JPEG files, whichever a file's first bytes say it is. Files may come from anywhere: sizes are checked before memory is
/// taken, and damage is an error that says where it is.
/// <code>
/// RgbImage photo = ImageDecoder.Load("photo.jpg");
/// </code>
/// </summary>
public static class ImageDecoder
{
    /// <summary>Longest file read: more than any image of <see cref="GrayImage.MaxPixels"/> that is worth keeping.</summary>
    private const int MaxFileBytes = 1 << 28;

    /// <summary>Endings of the names of files that are read.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg"];

    /// <summary>Reads the image file at <paramref name="path"/>.</summary>
    /// <exception cref="FerException">It cannot be read or is no sound image; the message names the file, what is wrong and what to do.</exception>
    public static RgbImage Load(string path) => Decode(ReadFile(path), path);

    /// <summary>The bytes of the image file at <paramref name="path"/>.</summary>
    /// <exception cref="FerException">It cannot be read or is too long for an image.</exception>
    internal static byte[] ReadFile(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxFileBytes) throw new FerException($"{path}: {length:N0} bytes are too many for an image. Make it smaller.");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Check the path and your rights to it.", e);
        }
    }

    /// <summary>Reads an image file in memory.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxPixels">The most pixels to accept. Decoding takes up to about 15 bytes a pixel.</param>
    /// <exception cref="FerException">It is no sound image, or too large; the message says what is wrong and what to do.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, string name, int maxPixels = GrayImage.MaxPixels) => FormatOf(file) switch
    {
        ImageFormat.Png => PngDecoder.Decode(file, name, maxPixels),
        ImageFormat.Jpeg => JpegDecoder.Decode(file, name, maxPixels),
        _ => throw Unknown(file, name),
    };

    /// <summary>Width and height that an image file in memory claims, without decoding it; as stored, before a camera's orientation is applied.</summary>
    /// <exception cref="FerException">It is no sound image.</exception>
    public static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file, string name) => FormatOf(file) switch
    {
        ImageFormat.Png => PngDecoder.ReadSize(file, name),
        ImageFormat.Jpeg => JpegDecoder.ReadSize(file, name),
        _ => throw Unknown(file, name),
    };

    /// <summary>What a file is by its first bytes.</summary>
    public static ImageFormat FormatOf(ReadOnlySpan<byte> file) =>
        file.StartsWith(PngChunks.Signature) ? ImageFormat.Png
        : file is [0xFF, 0xD8, 0xFF, ..] ? ImageFormat.Jpeg
        : ImageFormat.Unknown;

    /// <summary>Fails where an image is larger than a decoder may take.</summary>
    /// <exception cref="FerException">It has no pixels.</exception>
    /// <exception cref="ImageTooLargeException">It has too many.</exception>
    internal static void CheckSize(long width, long height, int maxPixels, string name)
    {
        // Bounds the memory of a row.
        const int LongestSide = 65_535;
        if (width < 1 || height < 1) throw new FerException($"{name}: {width:N0} x {height:N0} pixels; an image must have at least one. Save it again.");
        if (width > LongestSide || height > LongestSide || width * height > maxPixels)
            throw new ImageTooLargeException($"{name}: {width:N0} x {height:N0} pixels; an image may have at most {maxPixels:N0}, and no side over {LongestSide:N0}. Make it smaller.");
    }

    private static FerException Unknown(ReadOnlySpan<byte> file, string name)
    {
        string kind = file switch
        {
            [] => "the file is empty",
            [(byte)'G', (byte)'I', (byte)'F', ..] => "a GIF file",
            [(byte)'B', (byte)'M', ..] => "a BMP file",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "a WebP file",
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "a HEIC, AVIF or video file",
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "a TIFF file",
            _ => "neither a PNG nor a JPEG file",
        };
        return new FerException($"{name}: {kind}. Save it as PNG or JPEG.");
    }
}
