using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;

namespace Fer.Pipeline.AutoML;

/// <summary>Fits ML.NET's trainers to the features of a frozen backbone; see <see cref="BaselinePlan"/>.</summary>
/// <param name="training">The whole training set.</param>
/// <param name="validation">The whole validation set.</param>
/// <param name="experiment">The experiment's options: threads, the folders of backbones and of their features.</param>
internal sealed class BaselineTrials(FaceSet training, FaceSet validation, FaceExperimentOptions experiment)
{
    /// <summary>Passes of the linear trainer over the faces; standardised features need few.</summary>
    private const int LinearPasses = 20;

    /// <summary>Most rounds of boosting, a tree a class each: ML.NET's default.</summary>
    private const int MostRounds = 100;

    /// <summary>Rounds by which the speed is measured.</summary>
    private const int ProbeRounds = 2;

    /// <summary>Fewer say nothing of what boosted trees can do.</summary>
    private const int LeastRounds = 10;

    /// <summary>Share of the time that is left for boosting: the measured speed is that of a moment.</summary>
    private const double BoostingShare = 0.7;

    /// <summary>Purpose of the random stream that draws the faces.</summary>
    private const long DrawPurpose = 0x4261;

    private (BaselinePlan Plan, BottleneckFeatures Training, BottleneckFeatures Validation)? _features;

    /// <summary>Runs one.</summary>
    /// <exception cref="FerException">The backbone cannot be read, or its features take too long.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal TrialResult Run(TrialSettings settings, CancellationToken cancellationToken)
    {
        long start = experiment.Clock.GetTimestamp();
        var (trainer, plan) = BaselinePlan.Parse(settings.Parameter);
        if (_features?.Plan != plan) _features = Featurize(plan, settings, cancellationToken);
        var (_, train, test) = _features.Value;
        bool limited = settings.TimeLimit != Timeout.InfiniteTimeSpan;
        var left = limited ? settings.TimeLimit - experiment.Clock.GetElapsedTime(start) : TimeSpan.MaxValue;
        // A context of its own, so that a trial's randomness hangs on its seed alone.
        var ml = new MLContext(unchecked((int)settings.Seed));
        var rows = new CancellableView(FeatureRow.View(ml, train), cancellationToken);
        int passes = trainer == BaselineTrainer.SdcaMaximumEntropy ? LinearPasses : Rounds(ml, rows, settings.Seed, left);
        IEstimator<ITransformer> last = trainer == BaselineTrainer.SdcaMaximumEntropy
            ? ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: passes)
            : Boosting(ml, passes, settings.Seed);
        var model = ml.Transforms.NormalizeMeanVariance("Features", fixZero: false).Append(last).Fit(rows);
        var scored = model.Transform(new CancellableView(FeatureRow.View(ml, test), cancellationToken));
        var metrics = ml.MulticlassClassification.Evaluate(scored);
        return new TrialResult
        {
            TrialSettings = settings,
            Model = model,
            Metric = metrics.MicroAccuracy,
            LogLoss = metrics.LogLoss,
            Epochs = passes,
        };
    }

    /// <summary>Bytes that a trial takes: the backbone's weights and pass, and the features.</summary>
    internal long EstimateMemory(TrialSettings settings)
    {
        var (_, plan) = BaselinePlan.Parse(settings.Parameter);
        return TrainingMemory.Estimate(Options(plan, settings), training.ClassNames, plan.Training + plan.Validation);
    }

    /// <summary>Faces a second that a backbone gives the features of, at one side: of the fastest of a few passes.</summary>
    internal static double FacesPerSecond(string backbone, int side, FaceExperimentOptions experiment)
    {
        const int faces = 16, passes = 3;
        var network = Load(new ImageClassificationTrainer.Options
        {
            Arch = backbone,
            ResizeTo = side,
            FineTune = FineTune.None,
            BackboneFolder = experiment.BackboneFolder ?? "",
        });
        using var pool = new WorkerPool(experiment.Threads);
        using var executor = new NetworkExecutor(network, InferenceBatch.For(network, faces), training: false, pool, frozen: true);
        double best = double.MaxValue;
        for (int pass = 0; pass < passes; pass++)
        {
            long start = experiment.Clock.GetTimestamp();
            executor.Forward(executor.BatchSize);
            best = Math.Min(best, experiment.Clock.GetElapsedTime(start).TotalSeconds);
        }
        return executor.BatchSize / Math.Max(best, 1e-6);
    }

    private (BaselinePlan, BottleneckFeatures, BottleneckFeatures) Featurize(
        BaselinePlan plan, TrialSettings settings, CancellationToken cancellationToken)
    {
        var options = Options(plan, settings);
        var network = Load(options);
        using var pool = new WorkerPool(options.Threads);
        return (plan, Of(training, plan.Training, BottleneckDataset.Train), Of(validation, plan.Validation, BottleneckDataset.Validation));

        BottleneckFeatures Of(FaceSet faces, int count, BottleneckDataset dataset) =>
            BottleneckFeatures.Compute(network, Draw(faces, count), dataset, options, pool, cancellationToken);
    }

    private ImageClassificationTrainer.Options Options(BaselinePlan plan, TrialSettings settings) => new()
    {
        Arch = plan.Backbone,
        ResizeTo = plan.Side,
        FineTune = FineTune.None,
        BackboneFolder = experiment.BackboneFolder ?? "",
        BottleneckFolder = experiment.BottleneckFolder,
        Threads = experiment.Threads,
        Seed = settings.Seed,
        Clock = experiment.Clock,
    };

    private static Network Load(ImageClassificationTrainer.Options options)
    {
        var backbone = StartingNetwork.Load(options).Backbone!;
        return backbone.Tap.Cut(backbone.Network);
    }

    private static FaceSet Draw(FaceSet faces, int count)
    {
        if (count >= faces.Count) return faces;
        int[] order = [.. Enumerable.Range(0, faces.Count)];
        new RandomStream(0, DrawPurpose).Shuffle<int>(order);
        return faces.Select(order.AsSpan(0, count));
    }

    /// <summary>
    /// Rounds of boosting that the time is enough for. They differ from machine to machine, and so does what the baseline reaches.
    /// </summary>
    /// <exception cref="FerException">It is enough for next to nothing.</exception>
    private int Rounds(MLContext ml, IDataView rows, long seed, TimeSpan left)
    {
        long start = experiment.Clock.GetTimestamp();
        Boosting(ml, ProbeRounds, seed).Fit(rows);
        var probe = experiment.Clock.GetElapsedTime(start);
        double rounds = BoostingShare * (left - probe) / probe * ProbeRounds;
        return rounds >= LeastRounds
            ? (int)Math.Min(rounds, MostRounds)
            : throw new FerException(string.Create(CultureInfo.InvariantCulture,
                $"{ProbeRounds} rounds of boosting took {probe.TotalSeconds:F1} s: " +
                $"too slow for {LeastRounds} in the {left.TotalSeconds:F1} s left."));
    }

    private LightGbmMulticlassTrainer Boosting(MLContext ml, int rounds, long seed) =>
        ml.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options
        {
            NumberOfIterations = rounds,
            NumberOfThreads = Math.Min(
                experiment.Threads > 0 ? experiment.Threads : int.MaxValue, Environment.ProcessorCount),
            Seed = unchecked((int)seed),
        });
}
