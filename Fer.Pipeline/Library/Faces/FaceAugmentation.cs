namespace Fer.Pipeline.Faces;

/// <summary>
/// How training faces are augmented, so that a network learns the expression and not the picture. All zeros mean no augmentation. Values
/// are drawn uniformly from their ranges, anew for each face and epoch.
/// </summary>
public sealed record FaceAugmentation
{
    /// <summary>True to crop a smaller input at a random position of the face rather than at its centre.</summary>
    public bool RandomCrop { get; init; }

    /// <summary>Probability of a horizontal flip.</summary>
    public double FlipProbability { get; init; }

    /// <summary>Maximum rotation in either direction, in degrees.</summary>
    public double RotationDegrees { get; init; }

    /// <summary>Minimum scale; 0.85 shows more than the face, with its edge repeated.</summary>
    public double MinimumScale { get; init; } = 1;

    /// <summary>Maximum scale.</summary>
    public double MaximumScale { get; init; } = 1;

    /// <summary>Maximum shear in either direction, in degrees from the vertical.</summary>
    public double ShearDegrees { get; init; }

    /// <summary>Maximum shift in either direction along each axis, as a share of the input's side.</summary>
    public double Shift { get; init; }

    /// <summary>Maximum change of brightness in either direction, as a share of half the grey range (127.5 levels).</summary>
    public double Brightness { get; init; }

    /// <summary>
    /// Maximum change of contrast in either direction: distances from the face's mean grey are multiplied by 1 - c … 1 + c.
    /// </summary>
    public double Contrast { get; init; }

    /// <summary>
    /// Probability of erasing one rectangle (random erasing, Zhong et al., arXiv 1708.04896), which is filled with the face's mean grey.
    /// </summary>
    public double EraseProbability { get; init; }

    /// <summary>Minimum area of the erased rectangle as a share of the input's.</summary>
    public double EraseMinimumArea { get; init; } = 0.02;

    /// <summary>Maximum area of the erased rectangle as a share of the input's.</summary>
    public double EraseMaximumArea { get; init; } = 0.2;

    /// <summary>No augmentation: the centre of the face, unchanged.</summary>
    public static FaceAugmentation None { get; } = new();

    /// <summary>For short runs: small changes, no erasing.</summary>
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

    /// <summary>
    /// The recipe measured on FER2013: rotation 12 degrees, scale 0.85 … 1.15, shift 9 %, brightness and contrast 0.2, erase 0.25.
    /// </summary>
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
    /// This augmentation scaled by <paramref name="strength"/>: 0 is none, 1 this one, 2 twice as strong where that still makes sense. One
    /// number for a tuner to vary. The probability of a flip never rises above its value here.
    /// </summary>
    /// <exception cref="FerUsageException"><paramref name="strength"/> is negative or not a number.</exception>
    public FaceAugmentation Scaled(double strength)
    {
        if (!(strength >= 0)) throw new FerUsageException($"The strength of augmentation must be at least 0, not {strength}.");
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

    /// <summary>True if pixels are moved, not only recoloured or erased.</summary>
    internal bool MovesPixels =>
        RandomCrop || FlipProbability > 0 || RotationDegrees != 0 || MinimumScale != 1 || MaximumScale != 1 || ShearDegrees != 0
            || Shift != 0;

    /// <summary>Checks the values.</summary>
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
            if (!(value >= low && value <= high)) throw new FerUsageException($"Augmentation: {name} must be {low} … {high}, not {value}.");
        }
    }
}
