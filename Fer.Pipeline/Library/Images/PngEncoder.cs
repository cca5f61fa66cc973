using SkiaSharp;

namespace Fer.Pipeline.Images;

/// <summary>Writes images as PNG files of 8 bits a sample, with SkiaSharp.</summary>
public static class PngEncoder
{
    // Rows as differences from the one above, which photographs pack well with, and zlib's usual level.
    private static readonly SKPngEncoderOptions Options = new(SKPngEncoderFilterFlags.Up, 6);

    /// <summary>The whole file of a grey image.</summary>
    public static unsafe byte[] Encode(GrayImage image)
    {
        fixed (byte* pixels = image.Pixels)
            return Encode(new SKPixmap(new SKImageInfo(image.Width, image.Height, SKColorType.Gray8, SKAlphaType.Opaque), (nint)pixels));
    }

    /// <summary>The whole file of a colour image.</summary>
    public static unsafe byte[] Encode(RgbImage image)
    {
        // Skia has no pixels of three bytes; the fourth is not written.
        using var wide = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgba = new Span<byte>((void*)wide.GetPixels(), wide.ByteCount);
        var rgb = image.Pixels.AsSpan();
        for (int from = 0, to = 0; from < rgb.Length; from += 3, to += 4)
            (rgba[to], rgba[to + 1], rgba[to + 2], rgba[to + 3]) = (rgb[from], rgb[from + 1], rgb[from + 2], 255);
        return Encode(wide.PeekPixels());
    }

    /// <summary>Writes a grey image to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public static void Save(GrayImage image, string path) => Save(Encode(image), path);

    /// <summary>Writes a colour image to <paramref name="path"/>, whole or not at all.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    public static void Save(RgbImage image, string path) => Save(Encode(image), path);

    private static void Save(byte[] file, string path) => AtomicFile.Write(path, stream => stream.Write(file));

    private static byte[] Encode(SKPixmap pixels)
    {
        using (pixels)
        using (var file = pixels.Encode(Options))
        {
            return file?.ToArray() ??
                throw new FerException($"An image of {pixels.Width} x {pixels.Height} pixels could not be packed as PNG. Is memory short?");
        }
    }
}
