using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The plain CNN that a first project on FER2013 typically builds, kept as the baseline to beat (reported accuracy: 55.61 % on the
/// validation split). No batch normalisation. 0.50 M parameters at 40x40 pixels, width 1 and seven classes.
/// <code>
/// input            1 x 40 x 40   pixels to mean 0, deviation 1
/// conv 3x3        32 x 40 x 40   ReLU, max-pool 2
/// conv 3x3        64 x 20 x 20   ReLU, max-pool 2
/// conv 3x3       128 x 10 x 10   ReLU, max-pool 2
/// flatten, linear to 128, ReLU
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class ThreeConvolutionCnn
{
    internal const string Name = "ThreeConvolutionCnn";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        builder.Input.ResizeTo(options.ResizeTo).NormalizePixels()
            .Convolution(options.Channels(32), 3, bias: true).Relu().MaxPool(2)
            .Convolution(options.Channels(64), 3, bias: true).Relu().MaxPool(2)
            .Convolution(options.Channels(128), 3, bias: true).Relu().MaxPool(2)
            .Flatten()
            .Linear(options.Channels(128)).Relu()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
