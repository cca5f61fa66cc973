using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace Fer.Pipeline.Images;

/// <summary>
/// Reads JPEG, PNG, WebP, GIF (its first frame) and BMP files with SkiaSharp, whichever a file's first bytes say it is. Pictures come
/// upright by their Exif or XMP orientation, on white where they are transparent, and in sRGB where a colour profile says otherwise. Files
/// may come from anywhere: sizes are checked before memory is taken, and damage is an error that says what is wrong.
/// <code>
/// RgbImage photo = ImageDecoder.Load("photo.jpg");
/// </code>
/// </summary>
public static class ImageDecoder
{
    /// <summary>Longest file read: more than any image of <see cref="GrayImage.MaxPixels"/> that is worth keeping.</summary>
    private const int MaxFileBytes = 1 << 28;

    /// <summary>Endings of the names of files that are read.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"];

    /// <summary>Reads the image file at <paramref name="path"/>.</summary>
    /// <exception cref="FerException">
    /// It cannot be read or is no sound image; the message names the file, what is wrong and what to do.
    /// </exception>
    public static RgbImage Load(string path) => Decode(ReadFile(path), path);

    /// <summary>The bytes of the image file at <paramref name="path"/>.</summary>
    /// <exception cref="FerException">It cannot be read or is too long for an image.</exception>
    internal static byte[] ReadFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return ReadAll(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Check the path and your rights to it.", e);
        }
    }

    /// <summary>The bytes of an image file that comes through a stream, which need not seek.</summary>
    /// <exception cref="FerException">They cannot be read or are too many for an image.</exception>
    internal static byte[] ReadAll(Stream stream, string name)
    {
        long length = stream.CanSeek ? stream.Length : 0;
        if (length > MaxFileBytes) throw TooLong(length);
        try
        {
            // A pipe says no length, and neither does /proc.
            using var bytes = new MemoryStream((int)length);
            var buffer = new byte[81_920];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > MaxFileBytes) throw TooLong(bytes.Length);
            }
            return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
        }
        catch (IOException e)
        {
            throw new FerException($"{name}: cannot be read ({e.Message}).", e);
        }

        FerException TooLong(long count) => new($"{name}: {count:N0} bytes are too many for an image. Make it smaller.");
    }

    /// <summary>Reads an image file in memory.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="maxPixels">The most pixels to accept. Decoding takes up to about 13 bytes a pixel.</param>
    /// <exception cref="FerException">It is no sound image, or too large; the message says what is wrong and what to do.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, string name, int maxPixels = GrayImage.MaxPixels) =>
        DecodeUnlessCancelled(file, name, maxPixels, CancellationToken.None);

    /// <summary>
    /// As <see cref="Decode"/>, but ends where it is asked to before it begins, and before the pixels are brought into order. The codec
    /// itself is not interrupted; how long it takes is bound by the picture's size.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> asked for it.</exception>
    internal static unsafe RgbImage DecodeUnlessCancelled(
        ReadOnlySpan<byte> file, string name, int maxPixels, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string kind = ImageKind.Of(file) ?? throw ImageKind.Unread(file, name);
        maxPixels = Math.Min(maxPixels, GrayImage.MaxPixels);
        if (kind == ImageKind.Jpeg) file = JpegHeader.WithoutJunk(file);
        CheckHeader(file, kind, name, maxPixels);
        if (kind == ImageKind.Jpeg && JpegHeader.LacksEnd(file))
        {
            return JpegEnd.DecodeWithoutEnd(file, ended => DecodeUnlessCancelled(ended, name, maxPixels, cancellationToken))
                ?? throw Broken(name, kind, Reason(SKCodecResult.IncompleteInput));
        }
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = Open(data, file, kind, name);
            var (width, height) = (codec.Info.Width, codec.Info.Height);
            CheckSize(width, height, maxPixels, name);
            if (!ImageDensity.Suffices(kind, file, (long)width * height)) throw Broken(name, kind, "it has too little data for its size");

            bool isOpaque = codec.Info.AlphaType == SKAlphaType.Opaque;
            using var stored = codec.Info.ColorSpace;
            using var target = ColorProfile.Target(stored);
            var alpha = isOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
            var layout = new SKImageInfo(width, height, SKColorType.Rgba8888, alpha, target);
            // Not cleared and not the garbage collector's: pages that a broken file leaves untouched are never taken.
            void* rgba = NativeMemory.Alloc((nuint)layout.BytesSize);
            try
            {
                var result = codec.GetPixels(layout, (nint)rgba);
                cancellationToken.ThrowIfCancellationRequested();
                if (result != SKCodecResult.Success)
                    throw Broken(name, kind, (kind == ImageKind.Jpeg ? JpegFault.Of(file) : null) ?? Reason(result));
                return DecodedPixels.ToRgb(
                    new Span<byte>(rgba, layout.BytesSize), width, height, isOpaque, ImageOrientation.Of(kind, file));
            }
            finally
            {
                NativeMemory.Free(rgba);
            }
        }
    }

    /// <summary>
    /// Width and height that an image file in memory claims, without decoding it; as stored, before a camera's orientation is applied.
    /// </summary>
    /// <exception cref="FerException">It is no sound image.</exception>
    public static unsafe (int Width, int Height) ReadSize(ReadOnlySpan<byte> file, string name)
    {
        string kind = ImageKind.Of(file) ?? throw ImageKind.Unread(file, name);
        if (kind == ImageKind.Jpeg) file = JpegHeader.WithoutJunk(file);
        fixed (byte* bytes = file)
        {
            using var data = SKData.Create((nint)bytes, file.Length);
            using var codec = Open(data, file, kind, name);
            return (codec.Info.Width, codec.Info.Height);
        }
    }

    /// <summary>Fails where an image is larger than a decoder may take.</summary>
    /// <exception cref="FerException">It has no pixels.</exception>
    /// <exception cref="ImageTooLargeException">It has too many.</exception>
    internal static void CheckSize(long width, long height, int maxPixels, string name)
    {
        // Bounds the memory of a row.
        const int LongestSide = 65_535;
        string size = $"{name}: {width:N0} x {height:N0} pixels; an image";
        if (width < 1 || height < 1) throw new FerException($"{size} must have at least one. Save it again.");
        if (width > LongestSide || height > LongestSide || width * height > maxPixels)
        {
            throw new ImageTooLargeException(
                $"{size} may have at most {maxPixels:N0}, and no side over {LongestSide:N0}. Make it smaller.");
        }
    }

    /// <summary>Looks at what Skia does not tell: it calls sizes beyond its own limits, and what it does not read, damaged.</summary>
    private static void CheckHeader(ReadOnlySpan<byte> file, string kind, string name, int maxPixels)
    {
        if (kind == ImageKind.Png && file.Length >= 24)
            CheckSize(BinaryPrimitives.ReadUInt32BigEndian(file[16..]), BinaryPrimitives.ReadUInt32BigEndian(file[20..]), maxPixels, name);
        if (kind != ImageKind.Jpeg || JpegHeader.Read(file) is not { } header) return;
        if (header.UnreadCoding is { } coding)
            throw new FerException($"{name}: a JPEG with {coding}, which is not read. Save it as plain JPEG or PNG.");
        CheckSize(header.Width, header.Height, maxPixels, name);
        if (JpegPasses.AreTooMany(file)) throw Broken(name, kind, "it passes over its picture far more often than any program's files do");
    }

    /// <summary>Reads a file's header.</summary>
    private static SKCodec Open(SKData data, ReadOnlySpan<byte> file, string kind, string name)
    {
        // The codec takes the stream over. Its result is no guide: a damaged header may count as one that is cut short.
        if (SKCodec.Create(new SKMemoryStream(data), out _) is { } codec) return codec;
        throw Broken(name, kind, (kind == ImageKind.Jpeg ? JpegFault.Of(file) : null) ?? "its header is damaged or cut short");
    }

    private static string Reason(SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => "its picture data is cut short",
        SKCodecResult.Unimplemented or SKCodecResult.InvalidConversion => "it is of a kind that is not read",
        SKCodecResult.InternalError => "its picture data is damaged, or memory is short",
        _ => "its picture data is damaged",
    };

    private static FerException Broken(string name, string kind, string what) =>
        new($"{name}: a broken {kind}, {what}. Open it in a picture editor and save it again, or take another picture.");
}
