namespace Fer.Pipeline.Data;

/// <summary>How <see cref="FaceDataset.Load"/> reads a data set.</summary>
public sealed record FaceDataOptions
{
    /// <summary>
    /// FER+'s fer2013new.csv, whose votes become soft targets. Null: none, but for the scheme <c>eight</c> the file is looked for beside
    /// the data.
    /// </summary>
    public string? FerPlusFile { get; init; }

    /// <summary>Counts broken rows and images and goes on, where the default is to stop at the first.</summary>
    public bool SkipBadRows { get; init; }

    /// <summary>Fixes the splits of data without any, and the sample faces.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Faces drawn where there is no data.</summary>
    public int SampleCount { get; init; } = 4000;

    /// <summary>Share of each class that moves from Training to validation where the data has no PublicTest.</summary>
    public double ValidationShare { get; init; } = 0.1;
}
