using Fer.Pipeline;
using Fer.Pipeline.Data;

namespace Fer.Tests.Data;

public sealed class FerPlusTests : IDisposable
{
    private const string Header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // angry, disgust, fear, happy, sad, surprise, neutral, contempt, unknown, NF
    [InlineData("3,2,0,0,1,0,4,0,0,0", "eight", 6, "0.3,0.2,0,0,0.1,0,0.4,0")]
    [InlineData("2,0,0,0,0,0,4,2,2,0", "eight", 6, "0.25,0,0,0,0,0,0.5,0.25")]
    [InlineData("3,2,0,0,1,0,4,0,0,0", "six", 0, "0.5,0,0,0.1,0,0.4")]
    [InlineData("2,0,0,4,2,0,2,0,0,0", "three", 0, "0.5,0.25,0.25")]
    [InlineData("5,0,0,0,0,0,5,0,0,0", "seven", 0, "0.5,0,0,0,0,0,0.5")]
    [InlineData("3,0,0,0,0,0,2,0,5,0", "eight", -1, "")]
    [InlineData("3,0,0,0,0,0,2,0,0,5", "eight", -1, "")]
    [InlineData("0,0,0,0,0,0,0,0,4,4", "eight", -1, "")]
    [InlineData("0,0,0,0,0,0,0,0,0,0", "eight", -1, "")]
    [InlineData("2,0,0,0,0,0,2,6,0,0", "seven", -1, "")]
    [InlineData("5,0,0,3,0,0,2,0,0,0", "three", -1, "")]
    public void Votes_become_the_probabilities_that_the_rule_gives(string votes, string scheme, int label, string expected)
    {
        var classes = LabelScheme.Parse(scheme);
        var target = new float[classes.ClassNames.Count];
        bool kept = FerPlusTarget.TryCreate([.. votes.Split(',').Select(float.Parse)], classes, target, out int actual);
        Assert.Equal(label >= 0, kept);
        if (!kept) return;
        Assert.Equal(label, actual);
        float[] values = [.. expected.Split(',').Select(float.Parse)];
        for (int c = 0; c < values.Length; c++) Assert.Equal(values[c], target[c], 1e-6f);
    }

    [Fact]
    public void Votes_are_joined_by_row_and_become_soft_targets()
    {
        string csv = _folder.Write("fer2013.csv", FerCsv.File(4));
        _folder.Write("fer2013new.csv", Header +
            "Training,fer0000000.png,5,5,0,0,0,0,0,0,0,0\n" +
            "Training,,0,0,0,0,0,0,0,0,0,10\n" +
            "Training,fer0000002.png,0,0,0,0,0,0,0,8,2,0\n" +
            "Training,fer0000003.png,0,0,0,10,0,0,0,0,0,0\nTraining,fer0000004.png,0,0,0,10,0,0,0,0,0,0\n");
        var data = FaceDataset.Load(csv, LabelScheme.Eight, new FaceDataOptions { ValidationShare = 0.01 });
        Assert.True(data.Training.HasSoftTargets);
        Assert.Equal([0L, 2L, 3L], Enumerable.Range(0, data.Training.Count).Select(data.Training.Row));
        Assert.Equal([(int)Emotion.Happy, (int)Emotion.Contempt, (int)Emotion.Sad], data.Training.Labels.ToArray());
        Assert.Equal(1, data.LeftOutCount);
        var target = new float[8];
        data.Training.CopyTarget(0, target);
        Assert.Equal([0, 0, 0, 0.5f, 0, 0, 0.5f, 0], target);
    }

    [Fact]
    public void Beside_other_labels_votes_teach_and_neither_relabel_nor_drop_a_face()
    {
        string csv = _folder.Write("fer2013.csv", FerCsv.File(5));
        _folder.Write("fer2013new.csv", Header + string.Concat(Enumerable.Range(0, 5).Select(i => i == 0
            ? "Training,a.png,5,5,0,0,0,0,0,0,0,0\n"
            : "Training,,0,0,0,0,0,0,0,8,0,2\n")));
        var options = new FaceDataOptions { ValidationShare = 0.2 };
        var plain = FaceDataset.Load(csv, LabelScheme.Seven, options);
        var voted = FaceDataset.Load(csv, LabelScheme.Seven, options with { FerPlusFile = _folder.File("fer2013new.csv") });
        Assert.False(voted.HasVotesAsLabels);
        Assert.Equal(plain.Training.Labels.ToArray(), voted.Training.Labels.ToArray());
        Assert.Equal(plain.Validation.Labels.ToArray(), voted.Validation.Labels.ToArray());
        Assert.True(voted.Training.HasSoftTargets);
        Assert.False(voted.Validation.HasSoftTargets);
        var target = new float[7];
        for (int i = 0; i < voted.Training.Count; i++)
        {
            voted.Training.CopyTarget(i, target);
            if (voted.Training.Row(i) == 0) Assert.Equal([0, 0, 0, 0.5f, 0, 0, 0.5f], target);
            else Assert.Equal(1, target[voted.Training.Label(i)]);
        }
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_told()
    {
        string csv = _folder.Write("fer2013.csv", FerCsv.File(3));
        string other = _folder.Write("other.csv", Header + "Training,a.png,10,0,0,0,0,0,0,0,0,0\nPublicTest,b.png,10,0,0,0,0,0,0,0,0,0\n");
        AssertError(csv, other, "row 2 is Training", "PublicTest in FER+");
        string shorter = _folder.Write("short.csv", Header + "Training,a.png,10,0,0,0,0,0,0,0,0,0\n");
        AssertError(csv, shorter, "row 2", "ends after 1");
    }

    [Theory]
    [InlineData("a,b\n", "line 1", "not the header")]
    [InlineData(Header + "Training,a.png,1,2\n", "line 2", "12 fields")]
    [InlineData(Header + "Trainin,a.png,10,0,0,0,0,0,0,0,0,0\n", "line 2", "'Trainin'")]
    [InlineData(Header + "Training,a.png,x,0,0,0,0,0,0,0,0,0\n", "line 2 (neutral)", "'x'")]
    public void A_broken_votes_file_is_named_with_line_and_column(string text, params string[] expected) =>
        AssertError(_folder.Write("fer2013.csv", FerCsv.File(1)), _folder.Write("votes.csv", text), expected);

    [Fact]
    public void Eight_classes_without_votes_say_what_is_needed()
    {
        var error = Assert.Throws<FerUsageException>(() => FaceDataset.Load(_folder.Write("fer2013.csv", FerCsv.File(1)), LabelScheme.Eight));
        Assert.Contains("fer2013new.csv", error.Message);
    }

    [Fact]
    public void The_real_votes_belong_to_the_real_rows()
    {
        Assert.SkipUnless(TestPaths.SharedData is not null, TestPaths.NoSharedData);
        var data = FaceDataset.Load(Path.Combine(TestPaths.SharedData, "fer2013.csv.gz"), LabelScheme.Eight);
        Assert.Equal(28_709 + 3_589, data.Training.Count + data.Validation.Count + data.LeftOutCount);
        Assert.InRange(data.LeftOutCount, 173, 1000);
        var target = new float[8];
        for (int i = 0; i < data.Validation.Count; i++)
        {
            data.Validation.CopyTarget(i, target);
            Assert.Equal(1f, target.Sum(), 1e-5f);
            Assert.Equal(target.Max(), target[data.Validation.Label(i)]);
        }
    }

    private static void AssertError(string csv, string votes, params string[] expected)
    {
        var error = Assert.Throws<FerException>(() => FaceDataset.Load(csv, LabelScheme.Seven, new FaceDataOptions { FerPlusFile = votes }));
        foreach (string part in expected) Assert.Contains(part, error.Message);
    }
}
