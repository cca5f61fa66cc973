using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The three-class project's deep CNN (83 % for happy, sad and neutral was reported for it): ELU (Clevert et al., arXiv 1511.07289), He's
/// normal initialisation, batch normalisation and dropout after every pool. Its widths were not published with the figure; these let twenty
/// minutes on two cores be enough. 0.88 M parameters and 86 M multiply-accumulates at 48x48 pixels, width 1 and three classes.
/// <code>
/// input            1 x 48 x 48   pixels to mean 0, deviation 1
/// 2 x conv 3x3    32 x 48 x 48   ELU, batch norm; max-pool 2, dropout 0.2
/// 2 x conv 3x3    64 x 24 x 24   ELU, batch norm; max-pool 2, dropout 0.2
/// 2 x conv 3x3   128 x 12 x 12   ELU, batch norm; max-pool 2, dropout 0.2
/// flatten, linear to 128, ELU, batch norm
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class EluDcnn
{
    internal const string Name = "EluDcnn";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        var layer = builder.Input.NormalizePixels();
        foreach (int channels in (int[])[32, 64, 128])
        {
            layer = layer
                .Convolution(options.Channels(channels), 3, bias: true).Elu().BatchNormalization()
                .Convolution(options.Channels(channels), 3, bias: true).Elu().BatchNormalization()
                .MaxPool(2).Dropout(0.2f);
        }
        layer.Flatten()
            .Linear(options.Channels(128)).Elu().BatchNormalization()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
