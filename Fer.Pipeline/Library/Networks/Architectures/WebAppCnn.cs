using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The web-app project's baseline (reported accuracy: 45.5 % on the validation split, 47.5 % with augmentation): two convolutions and a
/// hidden layer. Its layer widths were not published. 1.20 M parameters and 12 M multiply-accumulates at 48x48 pixels, width 1.
/// <code>
/// input            1 x 48 x 48   pixels to mean 0, deviation 1
/// conv 3x3        32 x 48 x 48   ReLU, max-pool 2
/// conv 3x3        64 x 24 x 24   ReLU, max-pool 2
/// flatten, linear to 128, ReLU
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class WebAppCnn
{
    internal const string Name = "WebAppCnn";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        builder.Input.NormalizePixels()
            .Convolution(options.Channels(32), 3, bias: true).Relu().MaxPool(2)
            .Convolution(options.Channels(64), 3, bias: true).Relu().MaxPool(2)
            .Flatten()
            .Linear(options.Channels(128)).Relu()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
