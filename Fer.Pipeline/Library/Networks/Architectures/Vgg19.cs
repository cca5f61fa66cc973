using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// VGG with 19 layers, configuration E of Simonyan and Zisserman (arXiv 1409.1556): five groups of 3x3 convolutions, each followed by max
/// pooling. At 224 pixels the published classifier of three linear layers follows: 143.67 million parameters at 1,000 classes (143.68 with
/// batch normalisation). At any other size it is the variant for faces: global average pooling, dropout and one linear layer, 20.03 million
/// parameters at seven classes.
/// <code>
/// input             3 x 224 x 224   or 48 x 48
/// 2 x conv 3x3     64 x 224 x 224        48 x 48
/// 2 x conv 3x3    128 x 112 x 112        24 x 24
/// 4 x conv 3x3    256 x  56 x  56        12 x 12
/// 4 x conv 3x3    512 x  28 x  28         6 x  6
/// 4 x conv 3x3    512 x  14 x  14         3 x  3
/// max-pool 2      512 x   7 x   7         1 x  1
/// linear 4096, 4096, classes              linear to the classes
/// </code>
/// </summary>
internal static class Vgg19
{
    internal const string Name = "Vgg19", NormalizedName = "Vgg19Bn";

    /// <summary>Smallest input side that leaves at least one pixel after five halvings.</summary>
    internal const int LeastSide = 32;

    /// <summary>The input side at which the published classifier is used.</summary>
    private const int PublishedSide = 224;

    private static readonly (int Channels, int Convolutions)[] Groups = [(64, 2), (128, 2), (256, 4), (512, 4), (512, 4)];

    internal static Network Create(int classes, ArchitectureOptions options) => Create(Name, classes, options, normalized: false);

    internal static Network CreateNormalized(int classes, ArchitectureOptions options) =>
        Create(NormalizedName, classes, options, normalized: true);

    private static Network Create(string name, int classes, ArchitectureOptions options, bool normalized)
    {
        var builder = new NetworkBuilder(name, new Shape(1, options.InputSide, options.InputSide));
        var layer = builder.ThreeChannels(options);
        foreach (var (channels, convolutions) in Groups) layer = Group(layer, options.Channels(channels), convolutions, normalized);
        if (options.WorkingSide == PublishedSide)
        {
            layer = layer.Flatten();
            for (int i = 0; i < 2; i++) layer = layer.Linear(options.Channels(4096)).Relu().Dropout(options.Dropout);
        }
        else
        {
            layer = layer.GlobalAveragePool().Dropout(options.Dropout);
        }
        layer.Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }

    internal static Layer Group(Layer layer, int channels, int convolutions, bool normalized)
    {
        for (int i = 0; i < convolutions; i++)
        {
            layer = layer.Convolution(channels, 3, bias: true);
            layer = (normalized ? layer.BatchNormalization() : layer).Relu();
        }
        return layer.MaxPool(2);
    }
}
