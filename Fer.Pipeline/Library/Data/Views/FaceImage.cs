using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Data;

/// <summary>A face as ML.NET's image and back.</summary>
internal static class FaceImage
{
    private const int Channels = 4;

    /// <summary>A 48x48 image, Bgra32, of 2,304 grey values.</summary>
    internal static MLImage Create(ReadOnlySpan<byte> pixels)
    {
        Span<byte> bgra = stackalloc byte[Channels * Face.PixelCount];
        for (int i = 0; i < Face.PixelCount; i++)
        {
            var pixel = bgra.Slice(Channels * i, Channels);
            pixel.Fill(pixels[i]);
            pixel[3] = byte.MaxValue;
        }
        return MLImage.CreateFromPixels(Face.Side, Face.Side, MLPixelFormat.Bgra32, bgra);
    }

    /// <summary>The face of an image of any size: its luma, resized to 48x48; what is transparent lies on white.</summary>
    /// <exception cref="FerException">The image is too large, or of a pixel format that is not read.</exception>
    internal static void CopyTo(MLImage image, Span<byte> pixels)
    {
        int width = image.Width, height = image.Height;
        if ((long)width * height > GrayImage.MaxPixels)
            throw new FerException($"An image of {width} x {height} is larger than the {GrayImage.MaxPixels:N0} pixels that are " +
                "read. Resize it first.");
        if (width == Face.Side && height == Face.Side)
        {
            ToGray(image, pixels);
            return;
        }
        var gray = new byte[width * height];
        ToGray(image, gray);
        ImageResizer.Resize(new GrayImage(width, height, gray), Face.Side, Face.Side).Pixels.CopyTo(pixels);
    }

    private static void ToGray(MLImage image, Span<byte> gray)
    {
        int red = image.PixelFormat switch
        {
            MLPixelFormat.Bgra32 => 2,
            MLPixelFormat.Rgba32 => 0,
            _ => throw new FerException($"An image of the pixel format {image.PixelFormat} is not read. Use Bgra32 or Rgba32."),
        };
        var pixels = image.Pixels;
        for (int i = 0; i < gray.Length; i++)
        {
            var pixel = pixels.Slice(Channels * i, Channels);
            // The colours of an MLImage are multiplied by alpha already, so white only fills up what is missing.
            int white = byte.MaxValue - pixel[3];
            gray[i] = (byte)Math.Min(byte.MaxValue, Luma.FromRgb(pixel[red], pixel[1], pixel[2 - red]) + white);
        }
    }
}
