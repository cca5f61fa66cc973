using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>What is in a data set, as <see cref="FaceDataAnalysis"/> found it.</summary>
public sealed record FaceDataReport
{
    /// <summary>What was read.</summary>
    public required string Source { get; init; }

    /// <summary>True where there was no data and drawn faces stand in.</summary>
    public bool IsSample { get; init; }

    /// <summary>The classes that the splits' rows are counted by.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Training, PublicTest and PrivateTest, empty ones too.</summary>
    public required IReadOnlyList<SplitSummary> Splits { get; init; }

    /// <summary>Sound rows in all.</summary>
    public int RowCount => Splits.Sum(split => split.RowCount);

    /// <summary>Images that are there more than once, equal in every pixel.</summary>
    public required int DuplicatedImages { get; init; }

    /// <summary>Rows that repeat an image of another row: all rows of duplicated images but one each.</summary>
    public required int DuplicateRows { get; init; }

    /// <summary>Duplicated images with rows in more than one split: they leak from one into the other.</summary>
    public required int DuplicatedAcrossSplits { get; init; }

    /// <summary>Duplicated images whose rows disagree on the class.</summary>
    public required int ConflictingDuplicates { get; init; }

    /// <summary>Rows whose pixels are all alike.</summary>
    public required int BlankCount { get; init; }

    /// <summary>Numbers of the first 20 of them, from 0.</summary>
    public required IReadOnlyList<long> BlankRows { get; init; }

    /// <summary>Rows or images that cannot be read.</summary>
    public int ProblemCount { get; init; }

    /// <summary>Messages of the first 20 of them.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What the user should know of the reading, such as files that were passed over.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What is in one split.</summary>
/// <param name="Usage">The split.</param>
/// <param name="CountByClass">Rows of each class, in the order of <see cref="FaceDataReport.ClassNames"/>.</param>
/// <param name="DuplicateRows">Rows that repeat an image of this split.</param>
/// <param name="RowsAlsoInTraining">Rows whose image is in Training too; 0 for Training itself.</param>
public sealed record SplitSummary(Usage Usage, IReadOnlyList<int> CountByClass, int DuplicateRows, int RowsAlsoInTraining)
{
    /// <summary>Rows in all.</summary>
    public int RowCount => CountByClass.Sum();
}
