using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.Data.Analysis;
using Microsoft.ML;

namespace Fer.Tests.Data;

public sealed class FaceDataFrameTests : IDisposable
{
    private const string VotesHeader = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(1);

    public void Dispose() => _folder.Dispose();

    private string Csv()
    {
        string half = string.Join(' ', Enumerable.Repeat("10 30", 1152)), twice = FerCsv.Pixels(1);
        return _folder.Write("fer2013.csv", "emotion,pixels,Usage\n" +
            $"3,{half},Training\n4,{twice},Training\n6,{FerCsv.Pixels(2)},PublicTest\n0,{twice},PrivateTest\n4,{twice},Training\n");
    }

    private string Votes() => _folder.Write("votes.csv", VotesHeader +
        "Training,a.png,1,9,0,0,0,0,0,0,0,0\nTraining,b.png,0,0,0,10,0,0,0,0,0,0\nPublicTest,c.png,8,0,0,0,0,0,0,0,2,0\n" +
        "PrivateTest,d.png,0,0,0,0,10,0,0,0,0,0\nTraining,,0,0,0,0,0,0,0,0,0,10\n");

    [Fact]
    public void A_view_gives_a_row_a_face_with_what_can_be_seen_in_it()
    {
        var frame = _ml.Data.LoadFer2013(Csv()).ToFaceDataFrame();
        Assert.Equal(["Row", "Label", "Usage", "Brightness", "Contrast", "Duplicates"], frame.Columns.Select(column => column.Name));
        Assert.Equal([0L, 1L, 2L, 3L, 4L], Values<long>(frame, "Row"));
        Assert.Equal(["happy", "sad", "neutral", "angry", "sad"], Values<string>(frame, "Label"));
        Assert.Equal(["Training", "Training", "PublicTest", "PrivateTest", "Training"], Values<string>(frame, "Usage"));
        Assert.Equal((20f, 10f), (frame["Brightness"][0], frame["Contrast"][0]));
        Assert.Equal([0, 2, 0, 2, 2], Values<int>(frame, "Duplicates"));
    }

    [Fact]
    public void A_data_set_gives_its_faces_split_after_split_with_the_votes()
    {
        var data = FaceDataset.Load(Csv(), LabelScheme.Seven, new FaceDataOptions { FerPlusFile = Votes() });
        var frame = data.ToDataFrame();
        Assert.Equal([0L, 1L, 4L, 2L, 3L], Values<long>(frame, "Row"));
        Assert.Equal(["happy", "sad", "sad", "neutral", "angry"], Values<string>(frame, "Label"));
        Assert.Equal("PublicTest", frame["Usage"][3]);
        Assert.Equal([9f, 0f, 0f, 0f, 0f], Values<float>(frame, "Votes.happy"));
        Assert.Equal([0f, 0f, 0f, 2f, 0f], Values<float>(frame, "Votes.unknown"));
        Assert.Equal([0, 2, 2, 0, 2], Values<int>(frame, "Duplicates"));
        Assert.Equal(6 + 10, frame.Columns.Count);
        Assert.Equal(6, FaceDataset.Load(Csv(), LabelScheme.Seven).ToDataFrame().Columns.Count);
    }

    [Fact]
    public void View_and_data_set_tell_the_same_of_a_face()
    {
        string csv = Csv(), votes = Votes();
        var view = _ml.Data.LoadFer2013(csv, options: new FaceViewOptions { FerPlusFile = votes }).ToFaceDataFrame();
        var set = FaceDataset.Load(csv, LabelScheme.Seven, new FaceDataOptions { FerPlusFile = votes }).ToDataFrame().OrderBy("Row");
        Assert.Equal(view.Columns.Select(column => column.Name), set.Columns.Select(column => column.Name));
        for (int row = 0; row < view.Rows.Count; row++) Assert.Equal(view.Rows[row].ToArray(), set.Rows[row].ToArray());
    }

    [Fact]
    public void A_face_that_moved_to_validation_keeps_its_votes()
    {
        string csv = _folder.Write("fer2013.csv", FerCsv.File(14));
        var lines = Enumerable.Range(0, 14).Select(i => $"Training,a.png,{i % 11},0,0,0,0,0,0,0,0,0\n");
        string votes = _folder.Write("votes.csv", VotesHeader + string.Concat(lines));
        var frame = FaceDataset.Load(csv, LabelScheme.Seven, new FaceDataOptions { FerPlusFile = votes }).ToDataFrame();
        Assert.Equal(7, Values<string>(frame, "Usage").Count(usage => usage == "PublicTest"));
        for (int i = 0; i < 14; i++) Assert.Equal((float)((long)frame["Row"][i] % 11), frame["Votes.neutral"][i]);
    }

    [Fact]
    public void Filters_before_and_image_columns_are_heeded_and_other_columns_refused()
    {
        var view = _ml.Data.LoadFer2013(Csv());
        var training = _ml.Data.FilterByUsage(view, Usage.Training).ToFaceDataFrame(imageColumn: "Image");
        Assert.Equal([0L, 1L, 4L], Values<long>(training, "Row"));
        // Counted among the rows of the table.
        Assert.Equal([0, 1, 1], Values<int>(training, "Duplicates"));
        var bare = _ml.Transforms.DropColumns("Usage", "Row").Fit(view).Transform(view).ToFaceDataFrame();
        Assert.Equal(["Row", "Label", "Brightness", "Contrast", "Duplicates"], bare.Columns.Select(column => column.Name));
        Assert.Equal(4L, bare["Row"][4]);
        Assert.Contains("'Labels'", Assert.Throws<FerUsageException>(() => view.ToFaceDataFrame("Labels")).Message);
    }

    [Fact]
    public void The_real_duplicates_are_those_that_the_analysis_counts()
    {
        Assert.SkipUnless(TestPaths.SharedData is not null, TestPaths.NoSharedData);
        string path = Path.Combine(TestPaths.SharedData, "fer2013.csv.gz");
        var frame = FaceDataset.Load(path, LabelScheme.Seven).ToDataFrame();
        var report = FaceDataAnalysis.Analyze(path);
        Assert.Equal(report.RowCount, frame.Rows.Count);
        int[] duplicates = [.. Values<int>(frame, "Duplicates")];
        // A picture that is there n times has n rows that each tell of n - 1 others.
        Assert.Equal(report.DuplicatedImages, duplicates.Where(others => others > 0).Sum(others => 1.0 / (others + 1)), 1e-6);
        Assert.Equal(report.BlankCount, Values<float>(frame, "Contrast").Count(contrast => contrast == 0));
    }

    private static IEnumerable<T> Values<T>(DataFrame frame, string column) => frame[column].Cast<T>();
}
