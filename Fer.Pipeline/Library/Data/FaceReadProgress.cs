namespace Fer.Pipeline.Data;

/// <summary>How far the reading of a data set is.</summary>
/// <param name="Read">Faces that were read.</param>
/// <param name="Total">Faces that there are; null where only reading tells, as of a CSV.</param>
public readonly record struct FaceReadProgress(long Read, long? Total)
{
    /// <summary>Faces from one report to the next.</summary>
    internal const int Step = 256;
}
