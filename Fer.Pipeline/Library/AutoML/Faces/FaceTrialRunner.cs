using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;
using Microsoft.ML.Data;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Trains one setting on faces. Short trials of one rung all see the same faces the same number of times, so that a fast network does not
/// win by having seen more; their time is a cap. The final training has the whole training set and a schedule that fills its time. With a
/// folder, every trial has its checkpoint there, from which it goes on after a stop, and the best of them stay for the end.
/// </summary>
/// <param name="space">The options searched.</param>
/// <param name="training">The whole training set.</param>
/// <param name="validation">The faces to choose on.</param>
/// <param name="facesOfFullTrial">Faces, counted again each time they are seen, of a short trial on the highest rung.</param>
/// <param name="backbones">The backbones among the space's architectures.</param>
/// <param name="experiment">The experiment's options: threads, the folders of backbones and of their features.</param>
/// <param name="monitor">Hears of the progress.</param>
/// <param name="folder">Where checkpoints go; null is nowhere.</param>
/// <param name="ended">The short trials that an earlier run of the experiment completed, whose checkpoints count among those to
/// keep.</param>
internal sealed class FaceTrialRunner(
    SearchSpace<FaceSearchOptions> space, FaceSet training, FaceSet validation, double facesOfFullTrial,
    IReadOnlyList<BackboneCandidate> backbones,
    FaceExperimentOptions experiment, IMonitor monitor, string? folder, IEnumerable<(int TrialId, double Metric)>? ended = null)
    : ITrialRunner
{
    /// <summary>
    /// Epochs from which a short trial says anything of a long one. On FER2013 AdamW with weak augmentation led the recipe by 4.4 points
    /// after one epoch.
    /// </summary>
    internal const int TellingEpochs = 3;

    /// <summary>Least faces of a short trial.</summary>
    private const int LeastFaces = 512;

    /// <summary>Short trials whose networks stay on disk, to answer together with the final one where that helps.</summary>
    private const int Kept = 6;

    private readonly Dictionary<int, FaceSet> _parts = [];
    private readonly BackboneCandidate[] _backbones = [.. backbones];
    private readonly BaselineTrials _baselines = new(training, validation, experiment);
    private readonly List<(int TrialId, double Metric)> _ended = [.. ended ?? []];
    private BottleneckMetrics? _features;

    public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken) =>
        Task.FromResult(settings.Phase == TrialPhase.Baseline
            ? CancellableView.Run(() => _baselines.Run(settings, cancellationToken), cancellationToken)
            : settings.Phase == TrialPhase.Exploration && BackboneOf(settings) is { } backbone
            ? RunBackbone(backbone, settings, cancellationToken)
            : Run(settings, null, cancellationToken));

    /// <summary>Hears what there is to know besides the figures.</summary>
    internal Action<string>? Warn { get; init; }

    /// <summary>Hears the backbones when one turns out slower, before a trial goes by that.</summary>
    internal Action<IReadOnlyList<BackboneCandidate>>? SpeedsChanged { get; init; }

    public void Dispose() { }

    public long EstimateMemory(TrialSettings settings) => settings.Phase == TrialPhase.Baseline
        ? _baselines.EstimateMemory(settings)
        : TrainingMemory.Estimate(Options(settings), training.ClassNames, training.Count);

    /// <summary>True where the network of an ended trial is still on disk.</summary>
    internal bool HasNetwork(int trialId, TrialPhase phase = TrialPhase.Exploration) =>
        Workspace(trialId, phase) is { } workspace && CheckpointFile.Exists(Path.Combine(workspace, TrainingCheckpoint.FileName));

    public TrialResult Reopen(TrialResult completed)
    {
        // A head needs the features before it can be read again, which a cancelled training would not compute.
        if (Options(completed.TrialSettings).FineTune == FineTune.None)
            return Run(completed.TrialSettings, completed.Faces, CancellationToken.None) with
            {
                DurationInMilliseconds = completed.DurationInMilliseconds,
            };
        if (!HasNetwork(completed.TrialSettings.TrialId, completed.TrialSettings.Phase))
            throw new InterruptionException(
                $"The network of trial {completed.TrialSettings.TrialId + 1} is gone: its checkpoint is not in " +
                $"{folder}. Begin the experiment anew under another name.");
        // Cancelled beforehand: a trial that its time limit ended gives the weights it had, and is not trained on.
        var reopened = Run(completed.TrialSettings, completed.Faces, new CancellationToken(canceled: true));
        return reopened with { DurationInMilliseconds = completed.DurationInMilliseconds };
    }

    private static DataViewType FaceType { get; } = new VectorDataViewType(NumberDataViewType.Byte, Face.PixelCount);

    /// <summary>
    /// Runs a short trial of a backbone. Where its features take longer than was expected, this trial and those after it see fewer faces;
    /// where even the fewest take too long, the backbone leaves the sweep. A lower speed is told before faces are drawn by it, so that a
    /// trial that is stopped draws the same ones when it goes on.
    /// </summary>
    private FaceTrialResult RunBackbone(int backbone, TrialSettings settings, CancellationToken cancellationToken)
    {
        long start = experiment.Clock.GetTimestamp();
        while (true)
        {
            int faces = FacesOf(_backbones[backbone], settings);
            double speed;
            bool isOver = false;
            _features = null;
            try
            {
                return Run(settings, faces, cancellationToken) with { Faces = faces };
            }
            catch (SlowFeaturesException e)
            {
                speed = e.FacesPerSecond;
            }
            catch (OperationCanceledException) when (IsOver() && _features is { IsLast: false, FromCache: false })
            {
                (speed, isOver) = (_features.ImagesPerSecond, true);
            }
            var slower = _backbones[backbone] with { FacesPerSecond = Math.Min(speed, _backbones[backbone].FacesPerSecond) };
            if (FacesOf(slower, settings) < faces)
            {
                // Other faces are another training.
                Delete(settings.TrialId, settings.Phase);
                _backbones[backbone] = slower;
                SpeedsChanged?.Invoke([.. _backbones]);
            }
            else if (!isOver || faces <= LeastFaces)
                throw new UnfitValueException(nameof(FaceSearchOptions.Architecture), FormattableString.Invariant(
                    $"The features of {faces} faces take longer than the {settings.TimeLimit.TotalSeconds:0.#} seconds of the trial: ") +
                    $"{slower.Architecture} is too slow here and leaves the sweep.");
            if (isOver) throw new OperationCanceledException(cancellationToken);
        }

        bool IsOver() => settings.TimeLimit > TimeSpan.Zero && experiment.Clock.GetElapsedTime(start) >= settings.TimeLimit;
    }

    /// <param name="settings">The trial.</param>
    /// <param name="recorded">The faces of a backbone's trial; null where the setting tells them.</param>
    /// <param name="cancellationToken">Ends the training with what it has.</param>
    private FaceTrialResult Run(TrialSettings settings, int? recorded, CancellationToken cancellationToken)
    {
        bool final = settings.Phase == TrialPhase.Final;
        var options = Options(settings);
        var (faces, epochs) = final ? (training, (int?)null) : Part(settings, recorded);
        // Smaller pictures first pay off in the stages after them, for which such a trial has no time.
        if (epochs < TellingEpochs) options = options with { ProgressiveResizing = 0 };
        var progress = new TrialProgressReporter(settings.TrialId, monitor);
        try
        {
            var trainer = new ImageClassificationTrainer(
                options with { Epoch = epochs, MetricsCallback = Hear, ProgressCallback = progress.Batch });
            var result = trainer.Fit(faces, validation, cancellationToken);
            if (result.Outcome == TrainingOutcome.Diverged && (!final || result.Best is null))
            {
                // Its checkpoint would only diverge again.
                Delete(settings.TrialId, settings.Phase);
                throw new FerException($"The training diverged in epoch {result.History.Count + 1}: the loss is not a number.");
            }
            if (result.Steps == 0) throw new OperationCanceledException("The trial was cancelled before its first step.");
            var (accuracy, loss) = result.Best is { ValidationAccuracy: { } a, ValidationLoss: { } l } ? (a, l) : Score(result, options);
            if (result.Outcome != TrainingOutcome.Cancelled) Keep(settings, accuracy);
            return new FaceTrialResult
            {
                TrialSettings = settings,
                Model = trainer.AsTransformer(result, faces, scheme: null, FaceType),
                Metric = accuracy,
                LogLoss = loss,
                Epochs = Math.Max(progress.EpochsDone, result.History.Count),
                DurationInMilliseconds = result.Elapsed.TotalMilliseconds,
                Training = result,
                Options = options,
            };
        }
        catch (OutOfMemoryException)
        {
            // What is too large once is so again. Everything else, a full disk or other data, says nothing of the checkpoint.
            Delete(settings.TrialId, settings.Phase);
            throw;
        }

        void Hear(ImageClassificationMetrics metrics)
        {
            if (metrics.Warning is { } warning) Warn?.Invoke(warning);
            if (metrics.Bottleneck is { } features) _features = features;
            progress.Epoch(metrics);
        }
    }

    private ImageClassificationTrainer.Options Options(TrialSettings settings)
    {
        string? workspace = Workspace(settings.TrialId, settings.Phase);
        var before = workspace is null ? TimeSpan.Zero
            : TrainingCheckpoint.ElapsedOf(Path.Combine(workspace, TrainingCheckpoint.FileName));
        return experiment.Place(space.AsType(settings.Parameter).ToTrainerOptions()) with
        {
            Seed = settings.Seed,
            Clock = experiment.Clock,
            BackboneFolder = experiment.BackboneFolder ?? "",
            BottleneckFolder = experiment.BottleneckFolder,
            // The time limit counts from now, the trainer's from when the trial began.
            TimeBudget = before + (settings.TimeLimit == Timeout.InfiniteTimeSpan ? TimeSpan.FromDays(365) : settings.TimeLimit),
            WorkspacePath = workspace,
            Resume = workspace is not null,
            // A rate that diverges is to lose its trial, not to win it by another.
            MostRecoveries = settings.Phase == TrialPhase.Final ? DivergenceRecovery.UsualMost : 0,
        };
    }

    /// <summary>
    /// The faces that every trial of a rung sees, and how often; of a backbone as many as its time is enough for, and as often as it takes
    /// where only a head is fitted.
    /// </summary>
    private (FaceSet Faces, int? Epochs) Part(TrialSettings settings, int? recorded)
    {
        if (BackboneOf(settings) is { } backbone)
            return (Part(recorded ?? FacesOf(_backbones[backbone], settings)),
                space.AsType(settings.Parameter).FineTune == FineTune.None ? null : 1);
        double faces = settings.Fidelity * facesOfFullTrial;
        return (Part(faces), faces >= training.Count ? (int)(faces / training.Count) : 1);
    }

    private int FacesOf(BackboneCandidate backbone, TrialSettings settings)
    {
        bool trainsLayers = space.AsType(settings.Parameter).FineTune != FineTune.None;
        double faces = Math.Min(settings.Fidelity * facesOfFullTrial,
            backbone.FacesWithin(settings.TimeLimit, trainsLayers, validation.Count));
        return Part(faces).Count;
    }

    /// <summary>The place of a setting's backbone; null where it has none.</summary>
    private int? BackboneOf(TrialSettings settings)
    {
        string architecture = space.AsType(settings.Parameter).Architecture;
        int place = Array.FindIndex(_backbones, b => b.Architecture == architecture);
        return place < 0 ? null : place;
    }

    private FaceSet Part(double faces)
    {
        if (faces >= training.Count) return training;
        int count = Math.Min(training.Count, Math.Max(LeastFaces, (int)faces));
        if (!_parts.TryGetValue(count, out var part))
        {
            int[] order = [.. Enumerable.Range(0, training.Count)];
            new RandomStream(0, 0x4578).Shuffle<int>(order);
            _parts[count] = part = training.Select(order.AsSpan(0, count));
        }
        return part;
    }

    /// <summary>
    /// Scores a network whose training was cut off in its first epoch: little is better than nothing where it is all there is.
    /// </summary>
    private (double Accuracy, double Loss) Score(TrainingResult result, ImageClassificationTrainer.Options options)
    {
        using var pool = new WorkerPool(options.Threads);
        using var evaluator = new ModelEvaluator(result.Network, pool);
        var scores = evaluator.Score(validation);
        return (scores.Accuracy(validation), scores.Loss(validation));
    }

    /// <summary>
    /// Where a trial's checkpoint goes. The number alone is not enough: after a stop there may be no time for the short trial that was at
    /// work, and the final training takes its number.
    /// </summary>
    private string? Workspace(int trialId, TrialPhase phase) => folder is null ? null
        : Path.Combine(folder, FormattableString.Invariant($"{(phase == TrialPhase.Final ? "final" : "trial")}-{trialId + 1:000}"));

    private void Keep(TrialSettings settings, double metric)
    {
        if (folder is null || settings.Phase == TrialPhase.Final || _ended.Any(e => e.TrialId == settings.TrialId)) return;
        _ended.Add((settings.TrialId, metric));
        foreach (var (id, _) in _ended.OrderByDescending(e => e.Metric).Skip(Kept)) Delete(id, TrialPhase.Exploration);
    }

    private void Delete(int trialId, TrialPhase phase)
    {
        if (Workspace(trialId, phase) is not { } workspace || !Directory.Exists(workspace)) return;
        try
        {
            Directory.Delete(workspace, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It only takes room.
        }
    }
}
