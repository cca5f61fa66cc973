namespace Fer.Pipeline.Networks;

/// <summary>The networks that can be built untrained, by name.</summary>
public static class Architectures
{
    /// <summary>Mean grey value of FER2013's 28,709 training faces.</summary>
    public const float PixelMean = 129.47f;

    /// <summary>Standard deviation of FER2013's training pixels.</summary>
    public const float PixelDeviation = 65.02f;

    private const int MostSide = 512;

    private static readonly Architecture[] All =
    [
        new(FerNet.Name, 8, FerNet.Create),
        new(ThreeConvolutionCnn.Name, 8, ThreeConvolutionCnn.Create),
        new(SixClassCnn.Name, 8, SixClassCnn.Create),
        new(RowLstm.Name, 8, RowLstm.Create),
        new(WebAppCnn.Name, 8, WebAppCnn.Create),
        new(WebAppDeepCnn.Name, 16, WebAppDeepCnn.Create),
        new(EluDcnn.Name, 8, EluDcnn.Create),
        new(SevenLayerCnn.Name, 16, SevenLayerCnn.Create),
        new(ResnetV2.Name50, 8, ResnetV2.Create50),
        new(ResnetV2.Name101, 8, ResnetV2.Create101),
        new(InceptionV3.Name, InceptionV3.LeastSide, InceptionV3.Create),
        new(MobilenetV2.Name, 8, MobilenetV2.Create),
        new(Vgg19.Name, Vgg19.LeastSide, Vgg19.Create),
        new(Vgg19.NormalizedName, Vgg19.LeastSide, Vgg19.CreateNormalized),
        new(DenseNet121.Name, DenseNet121.LeastSide, DenseNet121.Create),
    ];

    /// <summary>
    /// The names that <see cref="Create"/> knows: the project's own, and those of the published networks <c>ResnetV250</c>, <c>ResnetV2101</c>,
    /// <c>InceptionV3</c>, <c>MobilenetV2</c>, <c>Vgg19</c>, <c>Vgg19Bn</c> and <c>DenseNet121</c>.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(a => a.Name)];

    /// <summary>Creates an untrained network whose output is one logit a class; call <see cref="Network.Initialize"/> before training.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <param name="classes">Classes to tell apart, at least 2.</param>
    /// <param name="options">What is varied; null is the defaults.</param>
    /// <exception cref="FerUsageException">The name is not known, or an option is out of its range.</exception>
    public static Network Create(string name, int classes, ArchitectureOptions? options = null)
    {
        options ??= new ArchitectureOptions();
        if (classes < 2) throw new FerUsageException($"A classifier needs at least 2 classes, not {classes}.");
        return Check(name, options).Create(classes, options);
    }

    /// <summary>True where <paramref name="name"/> is one of <see cref="Names"/>, in any case.</summary>
    internal static bool IsKnown(string name) => Find(name) is not null;

    /// <summary>Fails where the name or an option is no good, without the memory that a network takes.</summary>
    internal static Architecture Check(string name, ArchitectureOptions options)
    {
        if (options.InputSide is < 8 or > MostSide) throw new FerUsageException($"The input side is 8 … {MostSide} pixels, not {options.InputSide}.");
        if (options.ResizeTo is < 8 or > MostSide) throw new FerUsageException($"Faces are resized to 8 … {MostSide} pixels, not {options.ResizeTo}.");
        if (!(options.Width is > 0 and <= 16)) throw new FerUsageException($"The width multiplier is above 0 and at most 16, not {options.Width}.");
        if (!(options.Dropout is >= 0 and < 1)) throw new FerUsageException($"A dropout rate is at least 0 and below 1, not {options.Dropout}.");
        var architecture = Find(name)
            ?? throw new FerUsageException($"There is no architecture '{name}'.{NearestName.Hint(name, Names)} The known ones are {string.Join(", ", Names)}.");
        if (options.WorkingSide < architecture.LeastSide)
            throw new FerUsageException($"{architecture.Name} needs pictures of at least {architecture.LeastSide} pixels a side, not {options.WorkingSide}.");
        return architecture;
    }

    /// <summary>Pixels 0 … 255 to about mean 0 and deviation 1: the first layer of every architecture, so that a saved network takes plain pixels.</summary>
    internal static Layer NormalizePixels(this Layer input) => input.Affine(PixelMean, 1 / PixelDeviation);

    private static Architecture? Find(string name) => Array.Find(All, a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A network that can be built.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LeastSide">The least width and height in pixels that its layers leave something of.</param>
/// <param name="Create">Builds it for a number of classes.</param>
internal sealed record Architecture(string Name, int LeastSide, Func<int, ArchitectureOptions, Network> Create);
