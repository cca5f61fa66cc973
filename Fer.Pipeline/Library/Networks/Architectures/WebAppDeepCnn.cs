using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The web-app project's CNN with more layers (reported accuracy: 56.9 % on the validation split). Its layer widths were not published.
/// 0.55 M parameters and 49 M multiply-accumulates at 48x48 pixels, width 1 and seven classes.
/// <code>
/// input            1 x 48 x 48   pixels to mean 0, deviation 1
/// 2 x conv 3x3    32 x 48 x 48   ReLU, max-pool 2
/// conv 3x3        64 x 24 x 24   ReLU, max-pool 2
/// conv 3x3       128 x 12 x 12   ReLU, max-pool 2
/// conv 3x3       128 x  6 x  6   ReLU, max-pool 2
/// flatten, linear to 256, ReLU
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class WebAppDeepCnn
{
    internal const string Name = "WebAppDeepCnn";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        builder.Input.NormalizePixels()
            .Convolution(options.Channels(32), 3, bias: true).Relu()
            .Convolution(options.Channels(32), 3, bias: true).Relu().MaxPool(2)
            .Convolution(options.Channels(64), 3, bias: true).Relu().MaxPool(2)
            .Convolution(options.Channels(128), 3, bias: true).Relu().MaxPool(2)
            .Convolution(options.Channels(128), 3, bias: true).Relu().MaxPool(2)
            .Flatten()
            .Linear(options.Channels(256)).Relu()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
