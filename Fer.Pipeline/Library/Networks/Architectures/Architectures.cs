namespace Fer.Pipeline.Networks;

/// <summary>The networks that can be created untrained, by name.</summary>
public static class Architectures
{
    /// <summary>Mean pixel value of FER2013's 28,709 training faces.</summary>
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
    /// The names that <see cref="Create"/> accepts: the project's own networks and the published networks <c>ResnetV250</c>,
    /// <c>ResnetV2101</c>, <c>InceptionV3</c>, <c>MobilenetV2</c>, <c>Vgg19</c>, <c>Vgg19Bn</c> and <c>DenseNet121</c>.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(a => a.Name)];

    /// <summary>
    /// Creates an untrained network that outputs one logit per class; call <see cref="Network.Initialize"/> before training.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>, case-insensitive.</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <exception cref="FerUsageException">The name is unknown, or an option is out of range.</exception>
    public static Network Create(string name, int classes, ArchitectureOptions? options = null)
    {
        options ??= new ArchitectureOptions();
        if (classes < 2) throw new FerUsageException($"A classifier needs at least 2 classes, not {classes}.");
        return Check(name, options).Create(classes, options);
    }

    /// <summary>True if <paramref name="name"/> is one of <see cref="Names"/>, case-insensitive.</summary>
    internal static bool IsKnown(string name) => Find(name) is not null;

    /// <summary>Throws if the name or an option is invalid, without allocating the network.</summary>
    internal static Architecture Check(string name, ArchitectureOptions options)
    {
        if (options.InputSide is < 8 or > MostSide)
            throw new FerUsageException($"The input side must be 8 … {MostSide} pixels, not {options.InputSide}.");
        if (options.ResizeTo is < 8 or > MostSide)
            throw new FerUsageException($"Faces must be resized to 8 … {MostSide} pixels, not {options.ResizeTo}.");
        if (!(options.Width is > 0 and <= 16))
            throw new FerUsageException($"The width multiplier must be above 0 and at most 16, not {options.Width}.");
        if (!(options.Dropout is >= 0 and < 1))
            throw new FerUsageException($"A dropout rate must be at least 0 and below 1, not {options.Dropout}.");
        var architecture = Find(name)
            ?? throw new FerUsageException(
                $"There is no architecture '{name}'.{NearestName.Hint(name, Names)} The known ones are {string.Join(", ", Names)}.");
        if (options.WorkingSide < architecture.LeastSide)
            throw new FerUsageException(
                $"{architecture.Name} needs images of at least {architecture.LeastSide} pixels per side, not {options.WorkingSide}.");
        return architecture;
    }

    /// <summary>
    /// Maps pixels 0 … 255 to about mean 0 and standard deviation 1: the first layer of every architecture, so that a saved network takes
    /// raw pixels.
    /// </summary>
    internal static Layer NormalizePixels(this Layer input) => input.Affine(PixelMean, 1 / PixelDeviation);

    private static Architecture? Find(string name) => Array.Find(All, a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>An architecture that can be created.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LeastSide">Smallest width and height in pixels for which no layer's output is empty.</param>
/// <param name="Create">Creates it for a number of classes.</param>
internal sealed record Architecture(string Name, int LeastSide, Func<int, ArchitectureOptions, Network> Create);
