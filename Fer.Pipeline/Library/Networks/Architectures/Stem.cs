using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>The first layers and the building blocks of the architectures.</summary>
internal static class Stem
{
    /// <summary>
    /// Prepares faces for the networks of the ImageNet papers: resized if requested, normalised to about mean 0 and standard deviation 1,
    /// and the grey channel repeated three times for red, green and blue, so that every layer has the published shape.
    /// </summary>
    internal static Layer ThreeChannels(this NetworkBuilder builder, ArchitectureOptions options)
    {
        var pixels = builder.Input.ResizeTo(options.ResizeTo).NormalizePixels();
        return pixels.Concat(pixels, pixels);
    }

    /// <summary>
    /// Resizes to a square of <paramref name="side"/> pixels with linear interpolation; adds no layer if it is null or already the input's
    /// size.
    /// </summary>
    internal static Layer ResizeTo(this Layer input, int? side) =>
        side is not { } to || (to == input.Shape.Height && to == input.Shape.Width)
        ? input
        : input.Resize(to, to, new ResizeOptions { Interpolation = Interpolation.Linear });

    /// <summary>A convolution without bias, followed by batch normalisation and ReLU.</summary>
    internal static Layer Unit(this Layer input, int channels, int kernel, int stride = 1, int? padding = null, float epsilon = 1e-5f) =>
        input.Convolution(channels, kernel, stride, padding).BatchNormalization(epsilon).Relu();

    /// <summary>Batch normalisation and ReLU before a convolution: the pre-activation of He et al., arXiv 1603.05027.</summary>
    internal static Layer Activate(this Layer input, float epsilon = 1e-5f) => input.BatchNormalization(epsilon).Relu();
}
