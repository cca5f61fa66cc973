using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// The CNN of a course project that merges disgust into angry (reported accuracy with six classes: 58.62 % on the validation split and
/// 55.25 % on the test split). Its layers were not published: these are the plain pairs of convolutions common at that time, without batch
/// normalisation. 1.47 M parameters and 87 M multiply-accumulates at 48x48 pixels, width 1 and six classes.
/// <code>
/// input            1 x 48 x 48   pixels to mean 0, deviation 1
/// 2 x conv 3x3    32 x 48 x 48   ReLU, max-pool 2, dropout 0.25
/// 2 x conv 3x3    64 x 24 x 24   ReLU, max-pool 2, dropout 0.25
/// 2 x conv 3x3   128 x 12 x 12   ReLU, max-pool 2, dropout 0.25
/// flatten, linear to 256, ReLU
/// dropout 0.3, linear to the classes
/// </code>
/// </summary>
internal static class SixClassCnn
{
    internal const string Name = "SixClassCnn";

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        var layer = builder.Input.NormalizePixels();
        foreach (int channels in (int[])[32, 64, 128])
        {
            layer = layer
                .Convolution(options.Channels(channels), 3, bias: true).Relu()
                .Convolution(options.Channels(channels), 3, bias: true).Relu()
                .MaxPool(2).Dropout(0.25f);
        }
        layer.Flatten()
            .Linear(options.Channels(256)).Relu()
            .Dropout(options.Dropout)
            .Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }
}
