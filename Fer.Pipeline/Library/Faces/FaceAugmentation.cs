namespace Fer.Pipeline.Faces;

/// <summary>
/// How far training faces are varied, so that a network learns the expression and not the picture. All zero is no variation at all.
/// Ranges are drawn from evenly, each face and epoch anew.
/// </summary>
public sealed record FaceAugmentation
{
    /// <summary>True to cut a smaller input at a random place of the face rather than at its middle.</summary>
    public bool RandomCrop { get; init; }

    /// <summary>Probability of mirroring left and right.</summary>
    public double FlipProbability { get; init; }

    /// <summary>Greatest rotation either way, in degrees.</summary>
    public double RotationDegrees { get; init; }

    /// <summary>Least magnification; 0.85 shows more than the face, its edge repeated.</summary>
    public double MinimumScale { get; init; } = 1;

    /// <summary>Greatest magnification.</summary>
    public double MaximumScale { get; init; } = 1;

    /// <summary>Greatest shear either way, in degrees from the upright.</summary>
    public double ShearDegrees { get; init; }

    /// <summary>Greatest shift either way along each axis, as a share of the input's side.</summary>
    public double Shift { get; init; }

    /// <summary>Greatest change of brightness either way, as a share of half the grey range (127.5 levels).</summary>
    public double Brightness { get; init; }

    /// <summary>Greatest change of contrast either way: distances from the face's mean grey are multiplied by 1 - c … 1 + c.</summary>
    public double Contrast { get; init; }

    /// <summary>Probability of erasing one rectangle (Zhong et al., arXiv 1708.04896), which is filled with the face's mean grey.</summary>
    public double EraseProbability { get; init; }

    /// <summary>Least area of the erased rectangle as a share of the input's.</summary>
    public double EraseMinimumArea { get; init; } = 0.02;

    /// <summary>Greatest area of the erased rectangle as a share of the input's.</summary>
    public double EraseMaximumArea { get; init; } = 0.2;

    /// <summary>No variation: the middle of the face as it is.</summary>
    public static FaceAugmentation None { get; } = new();

    /// <summary>For short runs: small changes, nothing hidden.</summary>
    public static FaceAugmentation Light { get; } = new()
    {
        RandomCrop = true,
        FlipProbability = 0.5,
        RotationDegrees = 5,
        MinimumScale = 0.95,
        MaximumScale = 1.05,
        Brightness = 0.1,
        Contrast = 0.1,
    };

    /// <summary>The recipe measured on FER2013: rotation 12 degrees, scale 0.85 … 1.15, shift 9 %, brightness and contrast 0.2, erase 0.25.</summary>
    public static FaceAugmentation Standard { get; } = new()
    {
        FlipProbability = 0.5,
        RotationDegrees = 12,
        MinimumScale = 0.85,
        MaximumScale = 1.15,
        Shift = 0.09,
        Brightness = 0.2,
        Contrast = 0.2,
        EraseProbability = 0.25,
    };

    /// <summary>For long runs and large networks.</summary>
    public static FaceAugmentation Strong { get; } = new()
    {
        FlipProbability = 0.5,
        RotationDegrees = 18,
        MinimumScale = 0.75,
        MaximumScale = 1.25,
        ShearDegrees = 8,
        Shift = 0.12,
        Brightness = 0.3,
        Contrast = 0.3,
        EraseProbability = 0.5,
        EraseMaximumArea = 0.25,
    };

    /// <summary>
    /// The same kind of variation, <paramref name="strength"/> times as far: 0 is none, 1 this one, 2 twice as far where that still makes
    /// sense. One number for a tuner to vary. Mirroring never becomes likelier than it is here.
    /// </summary>
    /// <exception cref="FerUsageException"><paramref name="strength"/> is negative or not a number.</exception>
    public FaceAugmentation Scaled(double strength)
    {
        if (!(strength >= 0)) throw new FerUsageException($"The strength of augmentation is at least 0, not {strength}.");
        return this with
        {
            RandomCrop = RandomCrop && strength > 0,
            FlipProbability = FlipProbability * Math.Min(1, strength),
            RotationDegrees = Math.Min(180, RotationDegrees * strength),
            MinimumScale = Math.Max(0.25, 1 - (1 - MinimumScale) * strength),
            MaximumScale = Math.Min(4, 1 + (MaximumScale - 1) * strength),
            ShearDegrees = Math.Min(45, ShearDegrees * strength),
            Shift = Math.Min(0.5, Shift * strength),
            Brightness = Math.Min(1, Brightness * strength),
            Contrast = Math.Min(0.95, Contrast * strength),
            EraseProbability = Math.Min(1, EraseProbability * strength),
        };
    }

    /// <summary>True where pixels are moved, and not only recoloured or erased.</summary>
    internal bool MovesPixels =>
        RandomCrop || FlipProbability > 0 || RotationDegrees != 0 || MinimumScale != 1 || MaximumScale != 1 || ShearDegrees != 0 || Shift != 0;

    /// <summary>Fails where a value makes no sense.</summary>
    /// <exception cref="FerUsageException">A value is out of its range; the message names it.</exception>
    internal void Check()
    {
        Range(nameof(FlipProbability), FlipProbability, 0, 1);
        Range(nameof(RotationDegrees), RotationDegrees, 0, 180);
        Range(nameof(MinimumScale), MinimumScale, 0.25, 4);
        Range(nameof(MaximumScale), MaximumScale, MinimumScale, 4);
        Range(nameof(ShearDegrees), ShearDegrees, 0, 45);
        Range(nameof(Shift), Shift, 0, 0.5);
        Range(nameof(Brightness), Brightness, 0, 1);
        Range(nameof(Contrast), Contrast, 0, 0.95);
        Range(nameof(EraseProbability), EraseProbability, 0, 1);
        Range(nameof(EraseMinimumArea), EraseMinimumArea, 0, 1);
        Range(nameof(EraseMaximumArea), EraseMaximumArea, EraseMinimumArea, 1);

        static void Range(string name, double value, double low, double high)
        {
            if (!(value >= low && value <= high)) throw new FerUsageException($"Augmentation: {name} is {low} … {high}, not {value}.");
        }
    }
}
