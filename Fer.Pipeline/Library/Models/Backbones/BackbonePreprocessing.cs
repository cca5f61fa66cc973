using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Models;

/// <summary>
/// What a backbone wants done to pixels 0 … 255: each channel is (x - mean) / deviation. Faces are grey, so every channel gets the same
/// plane and the order of red, green and blue only decides which mean belongs to which.
/// </summary>
/// <param name="Name">The convention's name.</param>
/// <param name="Mean">Taken off each value, one a channel in the network's order or one for all.</param>
/// <param name="Deviation">What the difference is divided by, likewise.</param>
public sealed record BackbonePreprocessing(string Name, IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    /// <summary>
    /// Red, green, blue brought to mean 0 and deviation 1 over ImageNet: torchvision, and the ONNX model zoo's ResNet, MobileNet, VGG and
    /// SqueezeNet.
    /// </summary>
    public static BackbonePreprocessing ImageNet { get; } = new(
        "imagenet", [0.485 * 255, 0.456 * 255, 0.406 * 255], [0.229 * 255, 0.224 * 255, 0.225 * 255]);

    /// <summary>Blue, green, red with ImageNet's mean taken off and no scaling: Caffe's models.</summary>
    public static BackbonePreprocessing Caffe { get; } = new("caffe", [103.939, 116.779, 123.68], [1]);

    /// <summary>-1 … 1: TensorFlow's slim and Keras for Inception, MobileNet and ResNet v2.</summary>
    public static BackbonePreprocessing Symmetric { get; } = new("symmetric", [127.5], [127.5]);

    /// <summary>0 … 1.</summary>
    public static BackbonePreprocessing Unit { get; } = new("unit", [0], [255]);

    /// <summary>Pixels as they are.</summary>
    public static BackbonePreprocessing None { get; } = new("none", [0], [1]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BackbonePreprocessing> All { get; } = [ImageNet, Caffe, Symmetric, Unit, None];

    /// <summary>What a network most likely wants where nothing is known: ImageNet's for three channels, nothing for one.</summary>
    internal static BackbonePreprocessing For(Shape input) => input.Channels == 1 ? None : ImageNet;

    /// <summary>One by its name, in any case.</summary>
    /// <exception cref="FerUsageException">There is none of that name.</exception>
    public static BackbonePreprocessing Parse(string name) =>
        All.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new FerUsageException($"'{name}' is no way to prepare pixels.{NearestName.Hint(name, All.Select(p => p.Name))} Known " +
            $"are {string.Join(", ", All.Select(p => p.Name))}.");
}
