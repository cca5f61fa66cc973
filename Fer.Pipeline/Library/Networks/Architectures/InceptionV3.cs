using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Inception v3 without its auxiliary classifier (Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", arXiv
/// 1512.00567).
/// 23.8 million parameters at 1,000 classes.
/// <code>
/// input                3 x 299 x 299
/// conv 3x3 / 2        32 x 149 x 149   valid   (stride 1 below 112 pixels)
/// conv 3x3            32 x 147 x 147   valid
/// conv 3x3            64 x 147 x 147
/// max-pool 3 / 2      64 x  73 x  73
/// conv 1x1, 3x3      192 x  71 x  71   valid
/// max-pool 3 / 2     192 x  35 x  35
/// 3 mixed A          288 x  35 x  35   1x1, 5x5, two 3x3, pool
/// reduction          768 x  17 x  17
/// 4 mixed B          768 x  17 x  17   1x1, 7x7 as 1x7 and 7x1, twice that, pool
/// reduction         1280 x   8 x   8
/// 2 mixed C         2048 x   8 x   8   1x1, 3x3 as 1x3 beside 3x1, the same behind a 3x3, pool
/// average pool, dropout, linear to the classes
/// </code>
/// At 48 pixels the maps are 19, 9 and 4 pixels wide; there the first max-pool has stride 1 too.
/// </summary>
internal static class InceptionV3
{
    internal const string Name = "InceptionV3";

    /// <summary>Smallest input side for which the last reduction's 3x3 window still fits.</summary>
    internal const int LeastSide = 24;

    private const float Epsilon = 1e-3f;

    internal static Network Create(int classes, ArchitectureOptions options)
    {
        var builder = new NetworkBuilder(Name, new Shape(1, options.InputSide, options.InputSide));
        var c = options.Channels;
        var layer = builder.ThreeChannels(options)
            .Convolve(c(32), 3, options.StemStride, 0).Convolve(c(32), 3, padding: 0).Convolve(c(64), 3)
            .MaxPool(3, options.StemStride)
            .Convolve(c(80), 1).Convolve(c(192), 3, padding: 0)
            .MaxPool(3, 2);
        foreach (int pooled in (int[])[32, 64, 64]) layer = MixedA(layer, c, c(pooled));
        layer = ReductionA(layer, c);
        foreach (int inner in (int[])[128, 160, 160, 192]) layer = MixedB(layer, c, c(inner));
        layer = MixedC(MixedC(ReductionB(layer, c), c), c);
        layer.GlobalAveragePool().Dropout(options.Dropout).Linear(classes, Initializer.XavierUniform);
        return builder.Build();
    }

    internal static Layer MixedA(Layer x, Func<int, int> c, int pooled) => x.Convolve(c(64), 1).Concat(
        x.Convolve(c(48), 1).Convolve(c(64), 5),
        x.Convolve(c(64), 1).Convolve(c(96), 3).Convolve(c(96), 3),
        Pool(x).Convolve(pooled, 1));

    private static Layer ReductionA(Layer x, Func<int, int> c) => x.Convolve(c(384), 3, 2, 0).Concat(
        x.Convolve(c(64), 1).Convolve(c(96), 3).Convolve(c(96), 3, 2, 0),
        x.MaxPool(3, 2));

    internal static Layer MixedB(Layer x, Func<int, int> c, int inner) => x.Convolve(c(192), 1).Concat(
        x.Convolve(inner, 1).Line(inner, 1, 7).Line(c(192), 7, 1),
        x.Convolve(inner, 1).Line(inner, 7, 1).Line(inner, 1, 7).Line(inner, 7, 1).Line(c(192), 1, 7),
        Pool(x).Convolve(c(192), 1));

    private static Layer ReductionB(Layer x, Func<int, int> c) => x.Convolve(c(192), 1).Convolve(c(320), 3, 2, 0).Concat(
        x.Convolve(c(192), 1).Line(c(192), 1, 7).Line(c(192), 7, 1).Convolve(c(192), 3, 2, 0),
        x.MaxPool(3, 2));

    private static Layer MixedC(Layer x, Func<int, int> c)
    {
        var narrow = x.Convolve(c(384), 1);
        var deep = x.Convolve(c(448), 1).Convolve(c(384), 3);
        return x.Convolve(c(320), 1).Concat(
            narrow.Line(c(384), 1, 3), narrow.Line(c(384), 3, 1),
            deep.Line(c(384), 1, 3), deep.Line(c(384), 3, 1),
            Pool(x).Convolve(c(192), 1));
    }

    private static Layer Convolve(this Layer x, int channels, int kernel, int stride = 1, int? padding = null) =>
        x.Unit(channels, kernel, stride, padding, Epsilon);

    /// <summary>A convolution with a <paramref name="height"/> x <paramref name="width"/> kernel, one of which is 1.</summary>
    private static Layer Line(this Layer x, int channels, int height, int width) => x.Builder
        .Add(new Convolution(x.Shape.Channels, channels, new Window(height, width, 1, 1, height / 2, width / 2, height / 2, width / 2),
            bias: false), null, x)
        .BatchNormalization(Epsilon).Relu();

    /// <summary>3x3 average pooling, including the zero padding.</summary>
    private static Layer Pool(Layer x) => x.Builder.Add(new AveragePool(Window.Square(3, 1, 1), countPadding: true), null, x);
}
