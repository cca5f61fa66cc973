using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The three-class tutorial's network with seven weighted layers (reported accuracy: 73 %, later 83 %, for happy, sad and neutral): five
/// convolutions and two linear layers with ReLU, batch normalisation, dropout and max pooling. Its layer widths were not published. 1.57 M
/// parameters and 54 M multiply-accumulates at 48x48 pixels, width 1 and three classes.
/// <code>
/// input            1 x 48 x 48   pixels to mean 0, deviation 1
/// conv 3x3        32 x 48 x 48   batch norm, ReLU, max-pool 2
/// conv 3x3        64 x 24 x 24   batch norm, ReLU, max-pool 2, dropout 0.1
/// conv 3x3       128 x 12 x 12   batch norm, ReLU, max-pool 2, dropout 0.1
/// 2 x conv 3x3   256 x  6 x  6   batch norm, ReLU; max-pool 2, dropout 0.1
/// flatten, linear to 256, batch norm, ReLU
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class SevenLayerCnn
{
    internal const string Name = "SevenLayerCnn";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        builder.Input.NormalizePixels()
            .Convolution(options.Channels(32), 3).BatchNormalization().Relu().MaxPool(2)
            .Convolution(options.Channels(64), 3).BatchNormalization().Relu().MaxPool(2).Dropout(0.1f)
            .Convolution(options.Channels(128), 3).BatchNormalization().Relu().MaxPool(2).Dropout(0.1f)
            .Pair(options.Channels(256)).MaxPool(2).Dropout(0.1f)
            .Flatten()
            .Linear(options.Channels(256)).BatchNormalization().Relu()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
