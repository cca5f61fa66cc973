using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public sealed class TeacherTests : IDisposable
{
    private static readonly FaceSet Three = SyntheticFaces.Create(40, 3);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 0.25)]
    [InlineData(0.5, 0.25)]
    public void Targets_are_shares_of_label_soft_target_and_teacher(float soft, float share)
    {
        string path = Model("class0", "class1", "class2");
        var faces = WithSoftTargets(Three);
        var taught = Teach(path, faces, soft, share);
        using var model = FerModel.Load(path, threads: 1);
        float[] answers = model.Predict(faces);
        var target = new float[3];
        for (int i = 0; i < faces.Count; i++)
        {
            taught.CopyTarget(i, target);
            Assert.Equal(1, target.Sum(), 1e-5f);
            for (int c = 0; c < 3; c++)
            {
                float own = soft * (c == i % 2 ? 0.75f : c == 2 ? 0.25f : 0) + (c == faces.Label(i) ? 1 - soft : 0);
                Assert.Equal((1 - share) * own + share * answers[i * 3 + c], target[c], 1e-5f);
            }
            Assert.Equal(faces.Pixels(i), taught.Pixels(i));
        }
        Assert.Equal(faces.Labels, taught.Labels);
    }

    [Fact]
    public void A_teacher_of_more_classes_in_another_order_says_what_it_knows_of_its_students()
    {
        string path = Model("other", "class2", "class0", "class1");
        var taught = Teach(path, Three, 1, 1);
        using var model = FerModel.Load(path, threads: 1);
        float[] answers = model.Predict(Three);
        var target = new float[3];
        for (int i = 0; i < Three.Count; i++)
        {
            taught.CopyTarget(i, target);
            var row = answers.AsSpan(i * 4, 4);
            float known = row[1] + row[2] + row[3];
            Assert.Equal([row[2] / known, row[3] / known, row[1] / known], target, Near);
        }
    }

    [Fact]
    public void A_teacher_that_gives_its_students_classes_nothing_leaves_the_target()
    {
        string path = _folder.File("sure.zip");
        Save(path, ["class0", "class1", "class2", "other"], new LogitCalibration(1, [0, 0, 0, 60]));
        var taught = Teach(path, Three, 1, 0.5f);
        var target = new float[3];
        for (int i = 0; i < Three.Count; i++)
        {
            taught.CopyTarget(i, target);
            Assert.Equal(1, target[Three.Label(i)]);
        }
    }

    [Fact]
    public void A_class_that_the_teacher_does_not_know_is_named()
    {
        string path = Model("class0", "class1");
        var error = Assert.Throws<FerException>(() => Teach(path, Three, 1, 0.5f));
        Assert.Contains("knows class0, class1, not class2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_with_a_teacher_is_training_on_its_targets_and_its_answers_are_kept()
    {
        string path = Model("class0", "class1", "class2");
        var seen = new List<ImageClassificationMetrics>();
        var options = Options(path) with { BottleneckFolder = _folder.File("answers"), MetricsCallback = seen.Add };
        var with = new ImageClassificationTrainer(options).Fit(Three, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(seen, m => m.Bottleneck is { DatasetUsed: BottleneckDataset.Teacher, Index: 40, Count: 40, FromCache: false });
        var by = new ImageClassificationTrainer(options with { Teacher = null, MetricsCallback = null }).Fit(
            Teach(path, Three, 1, 0.5f), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(by.Network.Parameters.Values.ToArray(), with.Network.Parameters.Values.ToArray());
        var without = new ImageClassificationTrainer(options with { Teacher = null, MetricsCallback = null }).Fit(
            Three, cancellation: TestContext.Current.CancellationToken);
        Assert.NotEqual(without.Network.Parameters.Values.ToArray(), with.Network.Parameters.Values.ToArray());

        seen.Clear();
        new ImageClassificationTrainer(options).Fit(Three, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(seen, m => m.Bottleneck is { DatasetUsed: BottleneckDataset.Teacher, FromCache: true });
    }

    [Fact]
    public void A_stopped_student_goes_on_to_the_same_weights()
    {
        var options = Options(Model("class0", "class1", "class2")) with { Epoch = 3 };
        var whole = new ImageClassificationTrainer(options).Fit(Three, cancellation: TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        var kept = options with { WorkspacePath = _folder.File("checkpoint") };
        var part = new ImageClassificationTrainer(kept with { ProgressCallback = p => { if (p.Step == 3) cancel.Cancel(); } }).Fit(
            Three, cancellation: cancel.Token);
        Assert.Equal((TrainingOutcome.Cancelled, 3), (part.Outcome, part.Steps));
        var rest = new ImageClassificationTrainer(kept with { Resume = true }).Fit(
            Three, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((TrainingOutcome.Completed, 6), (rest.Outcome, rest.Steps));
        Assert.Equal(whole.Network.Parameters.Values.ToArray(), rest.Network.Parameters.Values.ToArray());
    }

    [Fact]
    public void A_teacher_that_takes_most_of_the_time_is_refused()
    {
        var faces = SyntheticFaces.Create(4 * BottleneckFeatures.LargestBatch, 3);
        var options = Options(Model("class0", "class1", "class2")) with { TimeBudget = TimeSpan.FromMilliseconds(1) };
        var error = Assert.Throws<SlowFeaturesException>(
            () => new ImageClassificationTrainer(options).Fit(faces, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("The teacher's predictions for 256 faces take about", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_alone_heeds_the_share_of_soft_targets()
    {
        var wrong = WithSoftTargets(Three);
        var options = Options(null) with { Arch = Model("class0", "class1", "class2"), FineTune = FineTune.None };
        float[] Head(FaceSet faces, float soft) =>
            [.. new ImageClassificationTrainer(options with { SoftTargets = soft }).Fit(
                faces, cancellation: TestContext.Current.CancellationToken).Network.Parameters.Values];
        Assert.Equal(Head(Three, 1), Head(wrong, 0));
        Assert.NotEqual(Head(Three, 1), Head(wrong, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.01f)]
    [InlineData(float.NaN)]
    public void A_share_that_is_none_is_refused(float share)
    {
        var error = Assert.Throws<FerUsageException>(() => new ImageClassificationTrainer(new() { TeacherShare = share }));
        Assert.Contains("TeacherShare", error.Message, StringComparison.Ordinal);
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5f;

    /// <summary>
    /// Targets that are not what the labels say: three quarters at the face's number modulo two, a quarter at the last class.
    /// </summary>
    private static FaceSet WithSoftTargets(FaceSet faces)
    {
        var targets = new float[faces.Count * 3];
        for (int i = 0; i < faces.Count; i++) (targets[i * 3 + i % 2], targets[i * 3 + 2]) = (0.75f, 0.25f);
        return faces.WithTargets(targets);
    }

    private static FaceSet Teach(string path, FaceSet faces, float soft, float share) =>
        Teacher.Load(path, faces.ClassNames).Teach(faces, Options(null) with { SoftTargets = soft, TeacherShare = share },
            TestContext.Current.CancellationToken);

    private static ImageClassificationTrainer.Options Options(string? teacher) => new()
    {
        Teacher = teacher,
        InputSide = 16,
        Width = 0.25,
        Epoch = 1,
        BatchSize = 20,
        Augmentation = FaceAugmentation.None,
        Threads = 2,
    };

    private string Model(params string[] classNames)
    {
        string path = _folder.File($"{string.Join('-', classNames)}.zip");
        Save(path, classNames, LogitCalibration.OfTemperature(0.2, classNames.Length));
        return path;
    }

    private static void Save(string path, IReadOnlyList<string> classNames, LogitCalibration calibration)
    {
        var network = Architectures.Create("FerNet", classNames.Count, new ArchitectureOptions { InputSide = 16, Width = 0.25 });
        network.Initialize(7);
        ModelZip.Save(path, InferenceGraph.Create(network, calibration),
            new ModelManifest { ClassNames = classNames, Scheme = "custom", Architecture = network.Architecture }, "{}");
    }
}
