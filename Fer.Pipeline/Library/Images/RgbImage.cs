namespace Fer.Pipeline.Images;

/// <summary>A colour image of 8 bits a channel, red, green, blue, row-major, without gaps between rows.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels, which the caller hands over.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">[height, width, 3] red, green and blue.</param>
    /// <exception cref="ArgumentException">The sizes are not positive or disagree.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        if (width < 1 || height < 1 || 3L * width * height != pixels.Length)
            throw new ArgumentException($"{pixels.Length} bytes are no colour image of {width} x {height}.");
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[height, width, 3] red, green and blue, 0 … 255.</summary>
    public byte[] Pixels { get; }

    /// <summary>The grey image of its luma (ITU-R BT.601).</summary>
    public GrayImage ToGray()
    {
        var gray = new byte[Width * Height];
        Luma.FromRgb(Pixels, gray);
        return new GrayImage(Width, Height, gray);
    }
}
