namespace Fer.Pipeline.Engine;

/// <summary>An image with zeros around it, copied into a thread's scratch, so that no tap of a convolution has to look for the border.</summary>
internal sealed unsafe class PaddedImage(Shape image, ConvolutionPhases.Padding padding)
{
    internal int Width { get; } = image.Width + padding.Left + padding.Right;

    /// <summary>Floats of the padded image; 0 where nothing is padded and the image itself serves.</summary>
    internal long Length => padding == default ? 0 : (long)(image.Height + padding.Top + padding.Bottom) * Width * image.Channels;

    /// <summary>Offset of a place of the padded image.</summary>
    internal nint Offset(int row, int column) => ((nint)row * Width + column) * image.Channels;

    /// <summary>Zeroes the room for the image, border and all; once a pass is enough.</summary>
    internal void Clear(float* padded) => new Span<float>(padded, checked((int)Length)).Clear();

    /// <summary>Gives image <paramref name="index"/> of the batch, padded; <paramref name="loaded"/> is the one that stands in <paramref name="padded"/>.</summary>
    internal float* Load(float* images, int index, float* padded, ref int loaded)
    {
        float* source = images + (long)index * image.Length;
        if (Length == 0) return source;
        if (loaded == index) return padded;
        loaded = index;
        long line = (long)image.Width * image.Channels;
        for (int row = 0; row < image.Height; row++) Loops.Copy(source + row * line, padded + Offset(padding.Top + row, padding.Left), line);
        return padded;
    }
}
