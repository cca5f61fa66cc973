using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>What architectures begin with and are made of.</summary>
internal static class Stem
{
    /// <summary>
    /// Faces as the networks of the ImageNet papers take them: resized where that is asked for, brought to about mean 0 and deviation 1, and the
    /// grey plane three times for red, green and blue, so that every layer has the published shape.
    /// </summary>
    internal static Layer ThreeChannels(this NetworkBuilder builder, ArchitectureOptions options)
    {
        var pixels = builder.Input.ResizeTo(options.ResizeTo).NormalizePixels();
        return pixels.Concat(pixels, pixels);
    }

    /// <summary>Resizes to a square of <paramref name="side"/> pixels, linearly between pixels; null, or the size there is, adds no layer.</summary>
    internal static Layer ResizeTo(this Layer input, int? side) => side is not { } to || (to == input.Shape.Height && to == input.Shape.Width)
        ? input
        : input.Resize(to, to, new ResizeOptions { Interpolation = Interpolation.Linear });

    /// <summary>A convolution without bias, batch normalisation and ReLU.</summary>
    internal static Layer Unit(this Layer input, int channels, int kernel, int stride = 1, int? padding = null, float epsilon = 1e-5f) =>
        input.Convolution(channels, kernel, stride, padding).BatchNormalization(epsilon).Relu();

    /// <summary>Batch normalisation and ReLU in front of a convolution: the pre-activation of He et al., arXiv 1603.05027.</summary>
    internal static Layer Activate(this Layer input, float epsilon = 1e-5f) => input.BatchNormalization(epsilon).Relu();
}
