using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// MobileNet v2 (Sandler et al., "Inverted Residuals and Linear Bottlenecks", arXiv 1801.04381). 3.50 million parameters at 1,000 classes
/// and width 1; <see cref="ArchitectureOptions.Width"/> is the paper's width multiplier.
/// <code>
/// input              3 x 224 x 224
/// conv 3x3 / 2      32 x 112 x 112   batch norm, ReLU6   (stride 1 below 112 pixels: 48 x 48 stays)
/// 1 block           16 x 112 x 112   expansion 1
/// 2 blocks          24 x  56 x  56   expansion 6 from here on: 1x1 up, depthwise 3x3, 1x1 down without ReLU
/// 3 blocks          32 x  28 x  28
/// 4 blocks          64 x  14 x  14
/// 3 blocks          96 x  14 x  14
/// 3 blocks         160 x   7 x   7
/// 1 block          320 x   7 x   7
/// conv 1x1        1280 x   7 x   7   batch norm, ReLU6
/// average pool, dropout, linear to the classes
/// </code>
/// </summary>
internal static class MobilenetV2
{
    internal const string Name = "MobilenetV2";

    private static readonly (int Expansion, int Channels, int Blocks, int Stride)[] Groups =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        var layer = builder.ThreeChannels(options).Convolution(options.Channels(32), 3, options.StemStride).BatchNormalization().Relu6();
        foreach (var (expansion, channels, blocks, stride) in Groups)
            for (int block = 0; block < blocks; block++)
                layer = InvertedResidual(layer, expansion, options.Channels(channels), block == 0 ? stride : 1);
        // As in the paper, a narrower network keeps the width of its last convolution.
        layer.Convolution(Math.Max(1280, options.Channels(1280)), 1).BatchNormalization().Relu6()
            .GlobalAveragePool().Dropout(options.Dropout).Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }

    internal static Layer InvertedResidual(Layer input, int expansion, int channels, int stride)
    {
        int inner = input.Shape.Channels * expansion;
        var layer = expansion == 1 ? input : input.Convolution(inner, 1).BatchNormalization().Relu6();
        layer = layer.Convolution(inner, 3, stride, groups: inner).BatchNormalization().Relu6()
            .Convolution(channels, 1).BatchNormalization();
        return stride == 1 && channels == input.Shape.Channels ? layer.Add(input) : layer;
    }
}
