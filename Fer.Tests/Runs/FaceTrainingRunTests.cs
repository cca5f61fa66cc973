using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;
using Microsoft.ML;

namespace Fer.Tests.Runs;

public sealed class FaceTrainingRunTests : IDisposable
{
    private static readonly ImageClassificationTrainer.Options Small = new()
    {
        Width = 0.25,
        Epoch = 2,
        BatchSize = 16,
        Threads = 2,
        GradientClipping = 3,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly FaceDataset _dataset;
    private readonly FaceRunOptions _options;

    public FaceTrainingRunTests()
    {
        SampleFaces.WriteCsv(_folder.File("faces.csv"), 140, seed: 5);
        _dataset = FaceDataset.Load(_folder.File("faces.csv"), LabelScheme.Three);
        _options = new FaceRunOptions { Folder = _folder.File("run"), Views = FaceViews.Centre };
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Files() =>
        [.. Directory.GetFileSystemEntries(_options.Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task One_call_trains_scores_and_saves()
    {
        var monitor = new Heard();
        var result = await new FaceTrainingRun(_dataset, Small, _options).RunAsync(monitor, cancellationToken: Cancel);
        Assert.Equal(["model.zip", "report.html"], Files());
        Assert.Equal(2, monitor.Epochs);
        Assert.Null(result.TrialsPath);
        Assert.Empty(result.Warnings);
        Assert.Contains($"validation accuracy {result.Metrics.Accuracy:F4}", result.ToString());
        using var model = result.LoadModel(threads: 1);
        var settings = model.Manifest.Settings;
        foreach (var (name, value) in result.Training.Options.Texts()) Assert.Equal(value, settings[name]);
        string[] names = ["GradientClipping", "LearningRate", "ProgressiveResizing", "Threads", "Winograd"];
        Assert.Equal(["3", "0.1", "0.6", "2", "true"], names.Select(n => settings[n]));
        Assert.Equal(result.Metrics.Accuracy, model.Manifest.Metrics["validationAccuracy"]);

        // The trainer alone and one more call come to the same model.
        var training = new ImageClassificationTrainer(Small).Fit(_dataset.Training, _dataset.Validation, Cancel);
        var saved = training.Save(_dataset, _options with { Folder = _folder.File("saved") });
        Assert.Equal(result.Metrics.Accuracy, saved.Metrics.Accuracy);
        Assert.Equal(Hash(result.ModelPath), Hash(saved.ModelPath));
        Assert.Contains("epoch", training.ToString());
    }

    [Fact]
    public async Task A_cancelled_run_saves_the_best_so_far_and_is_resumed_to_the_same_weights()
    {
        var elsewhere = _options with { Folder = _folder.File("whole") };
        var whole = await new FaceTrainingRun(_dataset, Small, elsewhere).RunAsync(cancellationToken: Cancel);
        var stopped = await StoppedAsync();
        Assert.Equal((TrainingOutcome.Cancelled, 1), (stopped.Training.Outcome, stopped.Training.History.Count));
        Assert.Equal(["checkpoint", "model.zip", "report.html", "run.json"], Files());

        var resumed = await new FaceTrainingRun(_dataset, Small, _options with { Resume = true }).RunAsync(cancellationToken: Cancel);
        Assert.Equal(TrainingOutcome.Completed, resumed.Training.Outcome);
        Assert.Equal(Hash(whole.ModelPath), Hash(resumed.ModelPath));
        Assert.Equal(["model.zip", "report.html"], Files());
    }

    [Fact]
    public async Task Resumed_on_another_thread_count_it_says_that_the_weights_are_others()
    {
        await StoppedAsync();
        var told = new Told();
        var resumed = await new FaceTrainingRun(_dataset, Small with { Threads = 1 }, _options with { Resume = true })
            .RunAsync(progress: told, cancellationToken: Cancel);
        string warning = Assert.Single(resumed.Warnings);
        Assert.Contains("not bit for bit", warning);
        Assert.Contains("2 threads", warning);
        Assert.Contains("1 thread ", warning);
        Assert.Contains(told.News, n => n.Warning == warning);
        Assert.Contains(warning, File.ReadAllText(resumed.ReportPath));
    }

    [Fact]
    public async Task A_budget_ends_with_the_written_model()
    {
        var told = new Told();
        var result = await new FaceTrainingRun(_dataset, Small with { Epoch = null, TimeBudget = TimeSpan.FromSeconds(8) }, _options)
            .RunAsync(progress: told, cancellationToken: Cancel);
        Assert.Equal(TrainingOutcome.Completed, result.Training.Outcome);
        Assert.Contains(told.News, n => n.Remaining > TimeSpan.Zero && n.Remaining < TimeSpan.FromSeconds(8));
        using var model = result.LoadModel(threads: 1);
        Assert.Equal("00:00:08", model.Manifest.Settings["TimeBudget"]);
    }

    [Fact]
    public async Task A_finished_run_is_replaced_only_where_that_is_asked_for()
    {
        var first = await new FaceTrainingRun(_dataset, Small, _options).RunAsync(cancellationToken: Cancel);
        string hash = Hash(first.ModelPath);
        var other = Small with { Seed = 2 };
        var error = await Assert.ThrowsAsync<FerUsageException>(
            () => new FaceTrainingRun(_dataset, other, _options).RunAsync(cancellationToken: Cancel));
        Assert.Contains("--overwrite", error.Message);
        Assert.Equal(hash, Hash(first.ModelPath));
        await new FaceTrainingRun(_dataset, other, _options with { Overwrite = true }).RunAsync(cancellationToken: Cancel);
        Assert.NotEqual(hash, Hash(first.ModelPath));
    }

    [Fact]
    public void What_a_run_decides_itself_is_refused()
    {
        Assert.Contains("WorkspacePath", Refused(Small with { WorkspacePath = _folder.Path }));
        Assert.Contains("ValidationSet", Refused(Small with { ValidationSet = new MLContext(1).Data.SampleFaces(10) }));
        Directory.CreateDirectory(_options.Folder);
        var network = Fer.Pipeline.Networks.Architectures.Create("FerNet", 3, new() { Width = 0.25 });
        ModelZip.Save(Path.Combine(_options.Folder, "model.zip"), InferenceGraph.Create(network),
            new ModelManifest { ClassNames = _dataset.Scheme.ClassNames, Scheme = "three", Architecture = network.Architecture }, "{}");
        Assert.Contains("would write", Refused(Small with { Arch = Path.Combine(_options.Folder, "model.zip") }));

        string Refused(ImageClassificationTrainer.Options training) =>
            Assert.Throws<FerUsageException>(() => new FaceTrainingRun(_dataset, training, _options)).Message;
    }

    [Fact]
    public async Task What_a_killed_process_left_is_cleaned_up()
    {
        string stale = _folder.Write("run/checkpoint/training.ckpt.2147483646.tmp", "half");
        var options = _options with { Resume = true };
        await new FaceTrainingRun(_dataset, Small, options).RunAsync(cancellationToken: Cancel);
        Assert.False(File.Exists(stale));
        Assert.Equal(["model.zip", "report.html"], Files());
    }

    private async Task<FaceRunResult> StoppedAsync()
    {
        using var cancel = new CancellationTokenSource();
        var heard = new Heard { AtEpochEnd = cancel.Cancel };
        return await new FaceTrainingRun(_dataset, Small, _options).RunAsync(heard, cancellationToken: cancel.Token);
    }

    private static string Hash(string model) => ModelZip.Load(model).Manifest.Sha256[PackedModel.OnnxName];

    private sealed class Told : IProgress<FaceRunProgress>
    {
        internal List<FaceRunProgress> News { get; } = [];

        public void Report(FaceRunProgress value) => News.Add(value);
    }

    private sealed class Heard : IMonitor
    {
        internal int Epochs { get; private set; }

        internal Action? AtEpochEnd { get; init; }

        public void ReportRunningTrial(TrialSettings settings) { }

        public void ReportCompletedTrial(TrialResult result) { }

        public void ReportBestTrial(TrialResult result) { }

        public void ReportFailTrial(TrialSettings settings, Exception? exception = null) { }

        public void ReportProgress(TrialProgress progress)
        {
            if (!progress.IsEpochEnd) return;
            Epochs++;
            AtEpochEnd?.Invoke();
        }
    }
}
