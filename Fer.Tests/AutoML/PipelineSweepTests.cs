using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.LightGbm;

namespace Fer.Tests.AutoML;

public sealed class PipelineSweepTests : IDisposable
{
    private static readonly MLContext Ml = new(1);

    private readonly TemporaryFolder _folder = new();
    private readonly RecordingMonitor _monitor = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Three classes, each about a corner of a plane; with so strong a penalty as 1 a linear trainer tells them apart badly.
    /// </summary>
    private static IDataView Rows(int count, long seed)
    {
        var random = new RandomStream(seed);
        var rows = new List<Row>();
        for (int i = 0; i < count; i++)
        {
            int corner = i % 3;
            float Near(float at) => at + 0.35f * (random.NextSingle() - 0.5f);
            rows.Add(new Row { Name = "abc"[corner].ToString(), Features = [Near(corner == 1 ? 1 : 0), Near(corner == 2 ? 1 : 0)] });
        }
        return Ml.Data.LoadFromEnumerable(rows);
    }

    private static SweepablePipeline Pipeline() => Ml.Transforms.Conversion.MapValueToKey("Label", "Name").Append(Linear());

    private static SweepableEstimator Linear(SearchSpace<LinearOptions>? space = null) => Ml.Auto().CreateSweepableEstimator(
        (context, parameter) => context.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            L2Regularization = parameter.L2,
            MaximumNumberOfIterations = parameter.Passes,
            NumberOfThreads = 1,
        }), space);

    private AutoMLExperiment Experiment(SweepablePipeline? pipeline = null) => Ml.Auto().CreateExperiment()
        .SetDataset(Rows(300, seed: 1), Rows(90, seed: 2)).SetPipeline(pipeline ?? Pipeline()).SetMonitor(_monitor).SetSeed(5);

    [Fact]
    public void The_best_options_of_a_pipeline_come_with_their_model()
    {
        var best = Experiment().SetMulticlassClassificationMetric(MulticlassClassificationMetric.LogLoss).SetMaxModelToExplore(6).Run();
        Assert.Equal(6, _monitor.Completed.Count);
        Assert.Equal(_monitor.Completed.Min(r => r.Metric), best.Metric);
        Assert.Equal(best.Metric, best.Loss);
        Assert.True(_monitor.Completed.Max(r => r.Metric) > 2 * best.Metric);
        Assert.Equal(["e1.L2", "e1.Passes"], best.TrialSettings.Parameter.Names);
        Assert.True(best.DurationInMilliseconds > 0);
        var metrics = Ml.MulticlassClassification.Evaluate(best.Model!.Transform(Rows(90, seed: 2)));
        Assert.Equal(best.Metric, metrics.LogLoss, 1e-12);
        Assert.InRange(metrics.MicroAccuracy, 0.95, 1);
    }

    [Fact]
    public void Equal_seeds_give_equal_models_and_a_resumed_sweep_fits_its_best_again()
    {
        AutoMLExperiment Kept() => Experiment().SetMaxModelToExplore(4).SetCheckpoint(_folder.Path);
        var best = Kept().Run();
        Assert.Equal(4, _monitor.Running.Count);
        var again = Kept().Run();
        // Nothing is tried again.
        Assert.Equal(4, _monitor.Running.Count);
        Assert.Equal((best.Metric, best.Loss, best.LogLoss), (again.Metric, again.Loss, again.LogLoss));
        Assert.Equal(best.TrialSettings.Parameter, again.TrialSettings.Parameter);
        Assert.Equal(Scores(best.Model!), Scores(again.Model!));
    }

    [Fact]
    public void A_stage_may_be_one_of_several_estimators()
    {
        var trees = Ml.Auto().CreateSweepableEstimator<TreeOptions>((context, parameter) =>
            context.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options
            {
                NumberOfIterations = parameter.Rounds,
                MinimumExampleCountPerLeaf = 5,
                NumberOfThreads = 1,
            }));
        var pipeline = Ml.Transforms.Conversion.MapValueToKey("Label", "Name").Append(Linear(), trees);
        Assert.Equal(["e1", "e1.0.L2", "e1.0.Passes", "e1.1.Rounds"], pipeline.SearchSpace.Default.Names);
        Experiment(pipeline).SetMaxModelToExplore(8).Run();
        Assert.Empty(_monitor.Failed);
        Assert.Equal([0, 1], _monitor.Completed.Select(r => (int)r.TrialSettings.Parameter["e1"]).Distinct().Order());
        // An option of the estimator that is not used keeps its default.
        var usual = pipeline.SearchSpace.Default;
        Assert.All(_monitor.Completed, r => Assert.Equal(usual[(int)r.TrialSettings.Parameter["e1"] == 0 ? "e1.1.Rounds" : "e1.0.L2"],
            r.TrialSettings.Parameter[(int)r.TrialSettings.Parameter["e1"] == 0 ? "e1.1.Rounds" : "e1.0.L2"]));
        Assert.True(_monitor.Completed.Select(r => r.TrialSettings.Parameter["e1.1.Rounds"]).Distinct().Count() > 1);
    }

    [Fact]
    public void A_pipeline_without_options_is_fitted_once()
    {
        var plain = new SweepablePipeline().Append(Ml.Transforms.Conversion.MapValueToKey("Label", "Name"))
            .Append(Ml.MulticlassClassification.Trainers.SdcaMaximumEntropy());
        var best = Experiment(plain).SetTrainingTimeInSeconds(60).Run();
        Assert.Single(_monitor.Running);
        Assert.InRange(best.Metric, 0.9, 1);
    }

    [Fact]
    public void A_lower_fidelity_is_fewer_rows()
    {
        var counted = new List<long>();
        var counting = Ml.Auto().CreateSweepableEstimator<LinearOptions>((context, parameter) => new CountingEstimator(context, counted));
        var pipeline = counting.Append(Ml.Transforms.Conversion.MapValueToKey("Label", "Name")).Append(Linear());
        Experiment(pipeline).SetTuner(new SuccessiveHalvingTuner(pipeline.SearchSpace, 5)).SetMaxModelToExplore(4).Run();
        Assert.Equal([33, 33, 33, 100], counted);
    }

    [Fact]
    public async Task Cancellation_stops_a_pipeline_where_it_reads_rows()
    {
        using var cancel = new CancellationTokenSource();
        var slow = Ml.Auto().CreateSweepableEstimator<LinearOptions>(
            (context, parameter) => context.Transforms.CustomMapping<Row, Slow>((row, made) =>
        {
            cancel.Cancel();
            made.Copy = row.Name;
        }, null));
        var pipeline = slow.Append(Ml.Transforms.Conversion.MapValueToKey("Label", "Copy")).Append(Linear());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Experiment(pipeline).SetTrainingTimeInSeconds(600).RunAsync(cancel.Token));
        Assert.IsType<OperationCanceledException>(Assert.Single(_monitor.Failed).Error, exactMatch: false);
    }

    [Fact]
    public void Trials_are_told_to_the_log_of_the_context()
    {
        var ml = new MLContext(1);
        var lines = new List<string>();
        ml.Log += (_, e) =>
        {
            lock (lines) lines.Add(e.Message);
        };
        ml.Auto().CreateExperiment().SetDataset(Rows(300, 1), Rows(90, 2)).SetPipeline(Pipeline()).SetMaxModelToExplore(1).Run();
        Assert.Contains(lines, l => l.Contains("Trial 1 runs: e1.L2=", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("Trial 1 is the best so far", StringComparison.Ordinal));
        // What the trainer says comes through as well.
        Assert.Contains(lines, l => l.Contains("SdcaMaximumEntropy", StringComparison.OrdinalIgnoreCase)
            || l.Contains("SDCA", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_split_of_mlnet_is_a_dataset()
    {
        var split = Ml.Data.TrainTestSplit(Rows(300, 1), 0.3);
        var best = Ml.Auto().CreateExperiment().SetDataset(split).SetPipeline(Pipeline()).SetMonitor(_monitor).SetMaxModelToExplore(2)
            .Run();
        // One in three right by chance.
        Assert.InRange(best.Metric, 0.5, 1);
    }

    [Fact]
    public void A_program_that_grows_past_the_limit_ends_the_trial()
    {
        var ballast = new List<byte[]>();
        double most = Environment.WorkingSet / 1048576.0 + 200;
        var hungry = Ml.Auto().CreateSweepableEstimator<LinearOptions>(
            (context, parameter) => context.Transforms.CustomMapping<Row, Slow>((row, made) =>
        {
            if (Environment.WorkingSet / 1048576.0 < most + 50) ballast.Add(GC.AllocateUninitializedArray<byte>(8 << 20));
            foreach (var block in ballast.TakeLast(1)) Array.Fill(block, (byte)1);
            Task.Delay(20).Wait();
            made.Copy = row.Name;
        }, null));
        var pipeline = hungry.Append(Ml.Transforms.Conversion.MapValueToKey("Label", "Copy")).Append(Linear());
        var error = Assert.Throws<FerException>(
            () => Experiment(pipeline).SetMaximumMemoryUsageInMegaByte(most).SetMaxModelToExplore(1).Run());
        GC.KeepAlive(ballast);
        Assert.Contains("more than the limit", error.Message);
    }

    [Fact]
    public void An_experiment_says_what_it_lacks()
    {
        Assert.Throws<InvalidOperationException>(() => Experiment().Run());
        Assert.Throws<InvalidOperationException>(() => Ml.Auto().CreateExperiment().SetPipeline(Pipeline()).SetMaxModelToExplore(1).Run());
        Assert.Throws<InvalidOperationException>(() => Ml.Auto().CreateExperiment().SetMaxModelToExplore(1).Run());
    }

    private static float[] Scores(ITransformer model) =>
        [.. model.Transform(Rows(30, seed: 9)).GetColumn<float[]>("Score").SelectMany(s => s)];

    private sealed class LinearOptions
    {
        [Range(1e-5, 1, logBase: true)]
        public float L2 { get; set; } = 1;

        [Range(5, 30)]
        public int Passes { get; set; } = 20;
    }

    private sealed class TreeOptions
    {
        [Range(2, 20)]
        public int Rounds { get; set; } = 5;
    }

    public sealed class Row
    {
        public string Name { get; set; } = "";

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    public sealed class Slow
    {
        public string Copy { get; set; } = "";
    }

    /// <summary>Passes rows on and notes how many it was fitted to.</summary>
    private sealed class CountingEstimator(MLContext context, List<long> counted) : IEstimator<ITransformer>
    {
        private readonly IEstimator<ITransformer> _copy = context.Transforms.CopyColumns("Same", "Name");

        public ITransformer Fit(IDataView input)
        {
            long rows = 0;
            using (var cursor = input.GetRowCursor([]))
                while (cursor.MoveNext()) rows++;
            counted.Add(rows);
            return _copy.Fit(input);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _copy.GetOutputSchema(inputSchema);
    }
}
