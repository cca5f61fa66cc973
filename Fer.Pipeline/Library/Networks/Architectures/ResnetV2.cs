using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Pre-activation residual networks (He et al., "Identity Mappings in Deep Residual Networks", arXiv 1603.05027) with 50 and 101 layers,
/// laid out as in TensorFlow Slim, whose <c>resnet_v2_50</c> and <c>resnet_v2_101</c> ML.NET uses: biases where no normalisation follows,
/// and downsampling in a group's last block. 25.6 and 44.7 million parameters at 1,000 classes.
/// <code>
/// input            3 x 224 x 224
/// conv 7x7 / 2    64 x 112 x 112   bias      (stride 1 below 112 pixels: 48 x 48 stays)
/// max-pool 3 / 2  64 x  56 x  56
/// 3 bottlenecks  256 x  28 x  28   1x1 64, 3x3 64, 1x1 256; each after batch norm and ReLU; the last halves
/// 4 bottlenecks  512 x  14 x  14
/// 6 or 23       1024 x   7 x   7
/// 3 bottlenecks 2048 x   7 x   7   no halving
/// batch norm, ReLU, average pool, dropout, linear to the classes
/// </code>
/// </summary>
internal static class ResnetV2
{
    internal const string Name50 = "ResnetV250", Name101 = "ResnetV2101";

    private const float Epsilon = 1.001e-5f;
    private const int Expansion = 4;

    internal static Network Create50(int classes, ArchitectureOptions options) => Create(Name50, [3, 4, 6, 3], classes, options);

    internal static Network Create101(int classes, ArchitectureOptions options) => Create(Name101, [3, 4, 23, 3], classes, options);

    private static Network Create(string name, int[] blocks, int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(name, new Shape(1, options.InputSide, options.InputSide));
        var layer = builder.ThreeChannels(options).Convolution(options.Channels(64), 7, options.StemStride, bias: true).MaxPool(3, 2, 1);
        for (int group = 0; group < blocks.Length; group++)
            for (int block = 0; block < blocks[group]; block++)
                layer = Bottleneck(layer, options.Channels(64 << group), group < 3 && block == blocks[group] - 1 ? 2 : 1,
                    widens: block == 0);
        layer.Activate(Epsilon).GlobalAveragePool().Dropout(options.Dropout).Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }

    /// <param name="input">The input, not normalised yet.</param>
    /// <param name="channels">Channels of the two inner convolutions; the outer one has four times as many.</param>
    /// <param name="stride">Stride of the 3x3 convolution.</param>
    /// <param name="widens">True if the input has a different number of channels, so that the shortcut needs a convolution.</param>
    internal static Layer Bottleneck(Layer input, int channels, int stride, bool widens)
    {
        var active = input.Activate(Epsilon);
        var shortcut = widens ? active.Convolution(Expansion * channels, 1, stride, bias: true)
            : stride > 1 ? input.MaxPool(1, stride)
            : input;
        return active
            .Convolution(channels, 1).Activate(Epsilon)
            .Convolution(channels, 3, stride).Activate(Epsilon)
            .Convolution(Expansion * channels, 1, bias: true)
            .Add(shortcut);
    }
}
