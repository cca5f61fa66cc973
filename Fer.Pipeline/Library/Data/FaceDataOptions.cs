namespace Fer.Pipeline.Data;

/// <summary>How <see cref="FaceDataset.Load"/> reads a data set.</summary>
public sealed record FaceDataOptions
{
    /// <summary>
    /// FER+'s fer2013new.csv, joined row by row, or the folder that holds it with FER+'s FER2013Train, FER2013Valid and FER2013Test, joined
    /// by picture. Its votes become soft targets. Null: none, but for the scheme <c>eight</c> the file is looked for beside
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

    /// <summary>
    /// What is merged into what, such as <c>disgust=angry</c>, where the classes are those of the data; with a given scheme it is not used.
    /// </summary>
    public IReadOnlyList<string> Merges { get; init; } = [];

    /// <summary>
    /// What the data's labels are to be called, where their own names do not say it: from <c>1</c> to <c>surprise</c>, say. Null leaves
    /// them as they are; FER2013's numbers need no map.
    /// </summary>
    public IReadOnlyDictionary<string, string>? LabelMap { get; init; }

    /// <summary>Hears now and then how many faces were read; null for nobody.</summary>
    public IProgress<FaceReadProgress>? Progress { get; init; }
}
