using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The project's own network: VGG's stacked 3x3 convolutions (Simonyan and Zisserman, arXiv 1409.1556) with batch normalisation, and global
/// average pooling instead of the dense layers. 1.17 M parameters and 82 M multiply-accumulates at 40x40 pixels and width 1.
/// <code>
/// input            1 x 40 x 40   pixels to mean 0, deviation 1
/// 2 x conv 3x3    32 x 40 x 40   batch norm, ReLU
/// max-pool 2      32 x 20 x 20
/// 2 x conv 3x3    64 x 20 x 20   batch norm, ReLU
/// max-pool 2      64 x 10 x 10
/// 2 x conv 3x3   128 x 10 x 10   batch norm, ReLU
/// max-pool 2     128 x  5 x  5
/// 2 x conv 3x3   256 x  5 x  5   batch norm, ReLU
/// average pool   256
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class FerNet
{
    internal const string Name = "FerNet";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        builder.Input.ResizeTo(options.ResizeTo).NormalizePixels()
            .Pair(options.Channels(32)).MaxPool(2)
            .Pair(options.Channels(64)).MaxPool(2)
            .Pair(options.Channels(128)).MaxPool(2)
            .Pair(options.Channels(256)).GlobalAveragePool()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }

    /// <summary>Two 3x3 convolutions, each with batch normalisation and ReLU.</summary>
    internal static Layer Pair(this Layer layer, int channels) => layer
        .Convolution(channels, 3).BatchNormalization().Relu()
        .Convolution(channels, 3).BatchNormalization().Relu();
}
