using System.Runtime.InteropServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// An image with zero padding, copied into a thread's scratch, so that no tap of a convolution has to check for the border.
/// </summary>
internal sealed unsafe class PaddedImage(Shape image, ConvolutionPhases.Padding padding)
{
    internal int Width { get; } = checked(image.Width + padding.Left + padding.Right);

    /// <summary>Floats of the padded image; 0 if there is no padding and the image itself is used.</summary>
    internal long Length => padding == default ? 0 : ((long)image.Height + padding.Top + padding.Bottom) * Width * image.Channels;

    /// <summary>Offset of a position in the padded image.</summary>
    internal nint Offset(int row, int column) => ((nint)row * Width + column) * image.Channels;

    /// <summary>Zeroes the buffer for the image, including its border; once per pass is enough.</summary>
    internal void Clear(float* padded) => NativeMemory.Clear(padded, (nuint)Length * sizeof(float));

    /// <summary>
    /// Returns image <paramref name="index"/> of the batch, padded; <paramref name="loaded"/> is the index of the image currently in
    /// <paramref name="padded"/>.
    /// </summary>
    internal float* Load(float* images, int index, float* padded, ref int loaded)
    {
        float* source = images + (long)index * image.Length;
        if (Length == 0) return source;
        if (loaded == index) return padded;
        loaded = index;
        long line = (long)image.Width * image.Channels;
        for (int row = 0; row < image.Height; row++)
            Loops.Copy(source + row * line, padded + Offset(padding.Top + row, padding.Left), line);
        return padded;
    }
}
