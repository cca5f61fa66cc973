namespace Fer.Pipeline.Networks;

/// <summary>The networks that can be trained from scratch, by name.</summary>
public static class Architectures
{
    /// <summary>Mean grey value of FER2013's 28,709 training faces.</summary>
    public const float PixelMean = 129.47f;

    /// <summary>Standard deviation of FER2013's training pixels.</summary>
    public const float PixelDeviation = 65.02f;

    private static readonly (string Name, Func<int, ArchitectureOptions, Network> Create)[] Known =
    [
        (FerNet.Name, FerNet.Create),
        (ThreeConvolutionCnn.Name, ThreeConvolutionCnn.Create),
        (SixClassCnn.Name, SixClassCnn.Create),
        (WebAppCnn.Name, WebAppCnn.Create),
        (WebAppDeepCnn.Name, WebAppDeepCnn.Create),
        (EluDcnn.Name, EluDcnn.Create),
        (SevenLayerCnn.Name, SevenLayerCnn.Create),
    ];

    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(k => k.Name)];

    /// <summary>Creates an untrained network whose output is one logit a class; call <see cref="Network.Initialize"/> before training.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <param name="classes">Classes to tell apart, at least 2.</param>
    /// <param name="options">What is varied; null is the defaults.</param>
    /// <exception cref="FerUsageException">The name is not known, or an option is out of its range.</exception>
    public static Network Create(string name, int classes, ArchitectureOptions? options = null)
    {
        options ??= new ArchitectureOptions();
        if (classes < 2) throw new FerUsageException($"A classifier needs at least 2 classes, not {classes}.");
        if (options.InputSide is < 8 or > 512) throw new FerUsageException($"The input side is 8 … 512 pixels, not {options.InputSide}.");
        if (!(options.Width is > 0 and <= 16)) throw new FerUsageException($"The width multiplier is above 0 and at most 16, not {options.Width}.");
        if (!(options.Dropout is >= 0 and < 1)) throw new FerUsageException($"A dropout rate is at least 0 and below 1, not {options.Dropout}.");
        foreach (var known in Known)
            if (known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return known.Create(classes, options);
        throw new FerUsageException($"There is no architecture '{name}'; the known ones are {string.Join(", ", Names)}.");
    }

    /// <summary>Pixels 0 … 255 to about mean 0 and deviation 1: the first layer of every architecture, so that a saved network takes plain pixels.</summary>
    internal static Layer NormalizePixels(this Layer input) => input.Affine(PixelMean, 1 / PixelDeviation);
}
