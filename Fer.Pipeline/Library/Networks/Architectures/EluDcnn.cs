using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The three-class project's deep CNN (kaggle.com/gauravsharma99/facial-emotion-recognition; reported accuracy: 83 % for happy, sad and
/// neutral on a random tenth of all faces): ELU (Clevert et al., arXiv 1511.07289), He normal initialisation, batch normalisation, and
/// dropout after every pooling layer. 2.39 M parameters and 496 M multiply-accumulates at 48x48 pixels, width 1 and three classes. All
/// dropout rates scale with the last one: those below are for the default of 0.3; the authors' rates correspond to 0.6.
/// <code>
/// input            1 x 48 x 48   pixels to mean 0, deviation 1
/// 2 x conv 5x5    64 x 48 x 48   ELU, batch norm; max-pool 2, dropout 0.2
/// 2 x conv 3x3   128 x 24 x 24   ELU, batch norm; max-pool 2, dropout 0.2
/// 2 x conv 3x3   256 x 12 x 12   ELU, batch norm; max-pool 2, dropout 0.25
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
        foreach (var (channels, kernel, dropout) in ((int, int, float)[])[(64, 5, 2 / 3f), (128, 3, 2 / 3f), (256, 3, 5 / 6f)])
        {
            for (int i = 0; i < 2; i++)
                layer = layer.Convolution(options.Channels(channels), kernel, bias: true).Elu().BatchNormalization();
            layer = layer.MaxPool(2).Dropout(dropout * options.Dropout);
        }
        layer.Flatten()
            .Linear(options.Channels(128)).Elu().BatchNormalization()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
