namespace Fer.Pipeline.Detection;

/// <summary>How to look for faces. The defaults are for photographs; <see cref="Live"/> is for the frames of a camera or a video.</summary>
public sealed record FaceFinderOptions
{
    private const int MostLevels = 4, LargestLastTile = 1024;

    /// <summary>Which network looks.</summary>
    public DetectorRange Range { get; init; } = DetectorRange.Far;

    /// <summary>
    /// How closely to look, 1 … 4: 1 is the whole picture at once, each more adds tiles of half the side, in which smaller faces are found.
    /// Where null, as many as make tiles of at most 1,024 pixels, in which faces of about 60 pixels are found.
    /// </summary>
    public int? Levels { get; init; }

    /// <summary>True to have the other network look at each face found from near, which tells a face from what only looked like one.</summary>
    public bool LookTwice { get; init; } = true;

    /// <summary>The least score of a face, above 0 and below 1.</summary>
    public float MinimumScore { get; init; } = 0.6f;

    /// <summary>Intersection over union from which two boxes are the same face, above 0 and up to 1.</summary>
    public float Overlap { get; init; } = 0.3f;

    /// <summary>The most faces of a picture; of more, the largest.</summary>
    public int MostFaces { get; init; } = 200;

    /// <summary>For frames that follow one another: the whole frame at once, and once.</summary>
    public static FaceFinderOptions Live { get; } = new() { Levels = 1, LookTwice = false };

    /// <summary>The levels for a picture whose longer side is so many pixels.</summary>
    internal int LevelsFor(int longerSide)
    {
        if (Levels is { } levels) return levels;
        int enough = 1;
        while (enough < MostLevels && longerSide > LargestLastTile << (enough - 1)) enough++;
        return enough;
    }

    /// <summary>Fails where a value makes no sense.</summary>
    /// <exception cref="FerUsageException">A value is out of its range; the message names it.</exception>
    internal void Check()
    {
        if (!(MinimumScore > 0 && MinimumScore < 1)) throw new FerUsageException($"The least score of a face is above 0 and below 1, not {MinimumScore}.");
        if (!(Overlap > 0 && Overlap <= 1)) throw new FerUsageException($"The overlap of a face's boxes is above 0 and at most 1, not {Overlap}.");
        if (Levels is < 1 or > MostLevels) throw new FerUsageException($"Faces are looked for at 1 to 4 levels, not {Levels}.");
        if (MostFaces < 1) throw new FerUsageException($"The most faces of a picture are at least 1, not {MostFaces}.");
    }
}
