namespace Fer.Pipeline.Images;

/// <summary>A grey image of 8 bits a pixel, row-major, without gaps between rows.</summary>
public sealed class GrayImage
{
    /// <summary>Most pixels an image may have (8,192 x 8,192): bounds the memory that a file from anywhere can take.</summary>
    public const int MaxPixels = 1 << 26;

    /// <summary>Wraps pixels, which the caller hands over.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">[height * width] grey values.</param>
    /// <exception cref="ArgumentException">The sizes are not positive or disagree.</exception>
    public GrayImage(int width, int height, byte[] pixels)
    {
        if (width < 1 || height < 1 || (long)width * height != pixels.Length)
            throw new ArgumentException($"{pixels.Length} pixels are no image of {width} x {height}.");
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[height * width] grey values, 0 black, 255 white.</summary>
    public byte[] Pixels { get; }
}
