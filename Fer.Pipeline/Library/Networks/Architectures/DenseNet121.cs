using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The densely connected network with 121 layers (Huang et al., arXiv 1608.06993), with bottlenecks, growth rate 32 and transitions that
/// halve. 7.98 million parameters at 1,000 classes.
/// <code>
/// input            3 x 224 x 224
/// conv 7x7 / 2    64 x 112 x 112   batch norm, ReLU   (stride 1 below 112 pixels: 48 x 48 stays)
/// max-pool 3 / 2  64 x  56 x  56
///  6 dense layers 256 x 56 x  56   each: batch norm, ReLU, 1x1 128, batch norm, ReLU, 3x3 32, joined to what came in
/// transition      128 x 28 x  28   batch norm, ReLU, 1x1, average pool 2
/// 12 dense layers 512 x 28 x  28
/// transition      256 x 14 x  14
/// 24 dense layers 1024 x 14 x 14
/// transition      512 x  7 x   7
/// 16 dense layers 1024 x 7 x   7
/// batch norm, ReLU, average pool, dropout, linear to the classes
/// </code>
/// </summary>
internal static class DenseNet121
{
    internal const string Name = "DenseNet121";

    /// <summary>Smallest input side that leaves at least one pixel after the stem's pooling and three transitions.</summary>
    internal const int LeastSide = 15;

    private const int Growth = 32, Bottleneck = 4;

    private static readonly int[] Blocks = [6, 12, 24, 16];

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        int growth = options.Channels(Growth);
        var layer = builder.ThreeChannels(options).Unit(2 * growth, 7, options.StemStride).MaxPool(3, 2, 1);
        for (int block = 0; block < Blocks.Length; block++)
        {
            if (block > 0) layer = Transition(layer);
            layer = DenseBlock(layer, Blocks[block], growth);
        }
        layer.Activate().GlobalAveragePool().Dropout(options.Dropout).Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }

    internal static Layer DenseBlock(Layer layer, int layers, int growth)
    {
        for (int i = 0; i < layers; i++)
            layer = layer.Concat(layer.Activate().Convolution(Bottleneck * growth, 1).Activate().Convolution(growth, 3));
        return layer;
    }

    internal static Layer Transition(Layer layer) => layer.Activate().Convolution(layer.Shape.Channels / 2, 1).AveragePool(2);
}
