using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The networks used to benchmark the engine against PyTorch, identical layer by layer on both sides. Their input is normalised pixels.
/// </summary>
internal static class ReferenceNetworks
{
    private const int Classes = 7;

    /// <summary>The names that <see cref="Create"/> accepts.</summary>
    public static IReadOnlyList<string> Names { get; } = ["rthin48", "resnet18_48", "vgg40"];

    /// <summary>Creates the network <paramref name="name"/>, untrained.</summary>
    /// <exception cref="FerUsageException">The name is unknown.</exception>
    public static Network Create(string name) => name switch
    {
        "rthin48" => Residual(name, [32, 64, 128, 256], blocks: 1),
        "resnet18_48" => Residual(name, [64, 128, 256, 512], blocks: 2),
        "vgg40" => Vgg(name, [32, 64, 128, 256]),
        _ => throw new FerUsageException($"Unknown reference network '{name}'; the known ones are {string.Join(", ", Names)}."),
    };

    /// <summary>
    /// A 3x3 convolution as the stem, then groups of basic residual blocks (He et al., arXiv 1512.03385), each group after the first at
    /// half the size.
    /// </summary>
    private static Network Residual(string name, int[] widths, int blocks)
    {
        var builder = new NetworkBuilder(name, new Shape(1, 48, 48));
        var layer = builder.Input.Convolution(widths[0], 3).BatchNormalization().Relu();
        for (int group = 0; group < widths.Length; group++)
            for (int block = 0; block < blocks; block++)
                layer = BasicBlock(layer, widths[group], stride: group > 0 && block == 0 ? 2 : 1);
        layer.GlobalAveragePool().Linear(Classes);
        return builder.Build();
    }

    private static Layer BasicBlock(Layer input, int channels, int stride)
    {
        bool same = stride == 1 && input.Shape.Channels == channels;
        var shortcut = same ? input : input.Convolution(channels, 1, stride).BatchNormalization();
        return input
            .Convolution(channels, 3, stride).BatchNormalization().Relu()
            .Convolution(channels, 3).BatchNormalization()
            .Add(shortcut).Relu();
    }

    /// <summary>Pairs of 3x3 convolutions with max pooling in between.</summary>
    private static Network Vgg(string name, int[] widths)
    {
        var builder = new NetworkBuilder(name, new Shape(1, 40, 40));
        var layer = builder.Input;
        for (int group = 0; group < widths.Length; group++)
        {
            layer = layer.Pair(widths[group]);
            if (group < widths.Length - 1) layer = layer.MaxPool(2);
        }
        layer.GlobalAveragePool().Dropout(0.3f).Linear(Classes);
        return builder.Build();
    }
}
