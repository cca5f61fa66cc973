namespace Fer.Pipeline.Detection;

/// <summary>Options of face detection. The defaults are for photographs; <see cref="Live"/> is for frames of a camera or a video.</summary>
public sealed record FaceFinderOptions
{
    private const int MostLevels = 4, LargestLastTile = 1024;

    /// <summary>The network to use.</summary>
    public DetectorRange Range { get; init; } = DetectorRange.Far;

    /// <summary>
    /// Number of scales to search, 1 … 4: 1 is the whole picture; each further one adds tiles of half the side, in which smaller faces are
    /// found. Null chooses it so that the smallest tiles have at most 1,024 pixels, in which faces of about 60 pixels are found.
    /// </summary>
    public int? Levels { get; init; }

    /// <summary>True to check each face up close with the other network, which removes false detections.</summary>
    public bool LookTwice { get; init; } = true;

    /// <summary>Minimum score of a face, above 0 and below 1.</summary>
    public float MinimumScore { get; init; } = 0.6f;

    /// <summary>Intersection over union from which two boxes are the same face, above 0 and at most 1.</summary>
    public float Overlap { get; init; } = 0.3f;

    /// <summary>Maximum number of faces in a picture; the largest are kept.</summary>
    public int MostFaces { get; init; } = 200;

    /// <summary>
    /// True to turn a picture by 90, 180 and 270 degrees where no upright face is found in it; it takes four times as long to say that
    /// there is none.
    /// </summary>
    public bool Turned { get; init; } = true;

    /// <summary>For consecutive frames: only the whole frame, upright, and no second check.</summary>
    public static FaceFinderOptions Live { get; } = new() { Levels = 1, LookTwice = false, Turned = false };

    /// <summary>The number of scales for a picture whose longer side has that many pixels.</summary>
    internal int LevelsFor(int longerSide)
    {
        if (Levels is { } levels) return levels;
        int enough = 1;
        while (enough < MostLevels && longerSide > LargestLastTile << (enough - 1)) enough++;
        return enough;
    }

    /// <summary>Checks the values.</summary>
    /// <exception cref="FerUsageException">A value is out of its range; the message names it.</exception>
    internal void Check()
    {
        if (!(MinimumScore > 0 && MinimumScore < 1))
            throw new FerUsageException($"The minimum score of a face must be above 0 and below 1, not {MinimumScore}.");
        if (!(Overlap > 0 && Overlap <= 1))
            throw new FerUsageException($"The overlap of a face's boxes must be above 0 and at most 1, not {Overlap}.");
        if (Levels is < 1 or > MostLevels) throw new FerUsageException($"The number of levels must be 1 to 4, not {Levels}.");
        if (MostFaces < 1) throw new FerUsageException($"The maximum number of faces must be at least 1, not {MostFaces}.");
    }
}
