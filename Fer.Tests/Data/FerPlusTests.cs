using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using FsCheck;
using FsCheck.Fluent;

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
            Assert.Equal(1, target.Sum(), 1e-5f);
            // Row 0 has votes, which leave some doubt; the others have none.
            if (voted.Training.Row(i) == 0) Assert.InRange(target.Max(), 0.15f, 0.99999f);
            else Assert.Equal(1, target[voted.Training.Label(i)]);
        }
    }

    [Fact]
    public void Votes_are_taken_for_what_they_say_of_the_label()
    {
        // Those who vote for neutral alone are labelled sad here, three times of four.
        float[] neutral = [0, 0, 0, 0, 0, 0, 10, 0, 0, 0], happy = [0, 0, 0, 10, 0, 0, 0, 0, 0, 0];
        float[] votes = [.. Enumerable.Range(0, 400).SelectMany(i => i % 8 < 4 ? neutral : happy)];
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => (i % 8) switch { 3 => 2, < 4 => 1, _ => 0 })];
        var model = FerPlusLabels.Fit(votes, labels, 3);
        var target = new float[3];
        Assert.True(model.TryCopyTo(neutral, target));
        Assert.Equal(0.75f, target[1], 0.02f);
        Assert.Equal(0.25f, target[2], 0.02f);
        Assert.True(model.TryCopyTo(happy, target));
        Assert.InRange(target[0], 0.97f, 1f);
        Assert.False(model.TryCopyTo(new float[10], target));
    }

    [Fact]
    public void Votes_never_teach_worse_than_how_often_each_label_is() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, PositiveInt Faces)>(), one =>
    {
        const int Classes = 4;
        int count = one.Faces.Get;
        var random = new RandomStream(one.Seed);
        int[] labels = new int[count];
        foreach (ref int label in labels.AsSpan()) label = random.NextInt32(Classes);
        float[] votes = new float[count * 10];
        foreach (ref float vote in votes.AsSpan()) vote = random.NextInt32(11);
        var model = FerPlusLabels.Fit(votes, labels, Classes);
        var target = new float[Classes];
        double loss = 0, prior = 0;
        for (int i = 0; i < count; i++)
        {
            if (!model.TryCopyTo(votes.AsSpan(i * 10, 10), target)) continue;
            Assert.Equal(1, target.Sum(), 1e-5f);
            loss -= Math.Log(target[labels[i]]);
            prior -= Math.Log((labels.Count(l => l == labels[i]) + 1.0) / (count + Classes));
        }
        Assert.True(loss <= prior + 1e-5 * count, $"{loss} is above {prior}");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_real_votes_teach_as_often_as_the_real_labels_each_class()
    {
        Assert.SkipUnless(TestPaths.SharedData is not null, TestPaths.NoSharedData);
        var data = FaceDataset.Load(Path.Combine(TestPaths.SharedData, "fer2013.csv.gz"), LabelScheme.Seven,
            new FaceDataOptions { FerPlusFile = Path.Combine(TestPaths.SharedData, "fer2013new.csv") }).Training;
        var target = new float[7];
        var sum = new double[7];
        int likeliest = 0;
        for (int i = 0; i < data.Count; i++)
        {
            data.CopyTarget(i, target);
            for (int c = 0; c < 7; c++) sum[c] += target[c] / data.Count;
            if (Array.IndexOf(target, target.Max()) == data.Label(i)) likeliest++;
        }
        int[] counts = data.CountByClass();
        for (int c = 0; c < 7; c++) Assert.Equal(counts[c] / (double)data.Count, sum[c], 0.01);
        // The votes' own majority is the label of 0.643 of them.
        Assert.InRange(likeliest / (double)data.Count, 0.665, 0.70);
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
        string csv = _folder.Write("fer2013.csv", FerCsv.File(1));
        var error = Assert.Throws<FerUsageException>(() => FaceDataset.Load(csv, LabelScheme.Eight));
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
        var options = new FaceDataOptions { FerPlusFile = votes };
        var error = Assert.Throws<FerException>(() => FaceDataset.Load(csv, LabelScheme.Seven, options));
        foreach (string part in expected) Assert.Contains(part, error.Message);
    }
}
