using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Data;

public sealed class FaceDataAnalysisTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Duplicates_blanks_conflicts_and_problems_are_counted()
    {
        string blank = string.Join(' ', Enumerable.Repeat("7", Face.PixelCount));
        string a = FerCsv.Pixels(1), b = FerCsv.Pixels(2), c = FerCsv.Pixels(3);
        string path = _folder.Write("a.csv", "emotion,pixels,Usage\n" +
            $"3,{a},Training\n3,{a},Training\n4,{a},PublicTest\n" +
            $"2,{b},PublicTest\n2,{b},PublicTest\n2,{b},PrivateTest\n" +
            $"0,{c},Training\n6,{blank},Training\n9,{c},Training\n");
        var report = FaceDataAnalysis.Analyze(path);
        Assert.Equal(8, report.RowCount);
        Assert.Equal([4, 3, 1], report.Splits.Select(split => split.RowCount));
        Assert.Equal([1, 0, 0, 2, 0, 0, 1, 0], report.Splits[0].CountByClass);
        Assert.Equal((2, 4), (report.DuplicatedImages, report.DuplicateRows));
        Assert.Equal((2, 1), (report.DuplicatedAcrossSplits, report.ConflictingDuplicates));
        Assert.Equal([1, 1, 0], report.Splits.Select(split => split.DuplicateRows));
        Assert.Equal([0, 1, 0], report.Splits.Select(split => split.RowsAlsoInTraining));
        Assert.Equal((1, 7L), (report.BlankCount, Assert.Single(report.BlankRows)));
        Assert.Equal(1, report.ProblemCount);
        Assert.Contains("line 10", Assert.Single(report.Problems));
    }

    [Fact]
    public void What_cannot_be_read_at_all_still_fails() =>
        Assert.Throws<FerException>(() => FaceDataAnalysis.Analyze(_folder.Write("a.csv", "a,b\n")));

    [Fact]
    public void The_real_file_has_its_known_duplicates_and_blanks()
    {
        Assert.SkipUnless(TestPaths.SharedData is not null, TestPaths.NoSharedData);
        var report = FaceDataAnalysis.Analyze(Path.Combine(TestPaths.SharedData, "fer2013.csv.gz"));
        Assert.Equal(32_298, report.RowCount);
        Assert.Equal(0, report.ProblemCount);
        Assert.InRange(report.DuplicateRows, 1_000, 2_000);
        Assert.InRange(report.DuplicatedAcrossSplits, 100, 500);
        Assert.InRange(report.BlankCount, 1, 30);
    }
}
