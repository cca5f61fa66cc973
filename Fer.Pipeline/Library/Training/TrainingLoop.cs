using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// The training of one network from its first step to its best weights: batches in, forward, loss, backward, step; after each epoch the
/// validation set. A loss that is not finite ends the run with <see cref="TrainingOutcome.Diverged"/>, not with an exception, so that a
/// sweep goes on to its next trial.
/// </summary>
/// <param name="network">The network, which ends with its best weights.</param>
/// <param name="training">What it learns from.</param>
/// <param name="validation">What the best epoch is chosen on, or null.</param>
/// <param name="options">The resolved options.</param>
internal sealed class TrainingLoop(
    Network network, TrainingInput training, TrainingInput? validation, ImageClassificationTrainer.Options options)
{
    private readonly TimeProvider _clock = options.Clock;
    private readonly ResizingSchedule _resizing = options.Resizing();
    private readonly double _peak = options.LearningRate ?? throw new ArgumentException("The options are not resolved.", nameof(options));
    private readonly int _batchSize = Math.Min(options.BatchSize, training.Faces.Count);
    private readonly string? _checkpoint = options.WorkspacePath is { } folder ? Path.Combine(folder, TrainingCheckpoint.FileName) : null;
    private double _saveSeconds;

    internal TrainingResult Run(CancellationToken cancellation)
    {
        using var device = TrainingDevices.Open(options);
        long stepsPerEpoch = BatchLoader.CountBatches(training.Faces.Count, LoaderOptions(0, 0));
        var run = new TrainingCheckpoint(
            network, training.Faces, validation?.Faces, options, device.Description, () => Plan(stepsPerEpoch));
        if (options.Resume && _checkpoint is not null && CheckpointFile.Exists(_checkpoint)) run.Restore(_checkpoint);
        if (run.Warning is { } warning) Warn(warning);
        using var learner = device.Load(network, _batchSize, options);
        learner.Take(run.Optimizer, run.Average);
        BatchLoader? loader = null;
        int shown = 0;
        var outcome = run.Outcome;
        try
        {
            if (options.OffersStart && run.Plan.Done == 0 && !OfferStart(run, learner, cancellation)) outcome = TrainingOutcome.Cancelled;
            long saved = _clock.GetTimestamp();
            while (outcome is null)
            {
                if (run.IsEpochOver)
                {
                    outcome = EndEpoch(run, stepsPerEpoch, learner, cancellation);
                    saved = _clock.GetTimestamp();
                    continue;
                }
                if (cancellation.IsCancellationRequested)
                {
                    if (run.Plan.Done > 0) TrySave(run, learner);
                    outcome = TrainingOutcome.Cancelled;
                    continue;
                }
                int side = _resizing.SideAt(run.Plan.Fraction);
                if (loader is null || side != shown)
                {
                    if (loader is not null) run.Plan.ChangeCost((double)side * side / (shown * (double)shown));
                    loader?.Dispose();
                    learner.Resize(side);
                    (loader, shown) = (training.Load(LoaderOptions(side, run.Plan.Done)), side);
                }
                if (!Step(run, learner, loader, stepsPerEpoch))
                {
                    string kept = run.Recovery.IsAtStart ? "the start" : FormattableString.Invariant($"epoch {run.History[^1].Epoch}");
                    if (run.TryRecover())
                    {
                        Warn(FormattableString.Invariant(
                            $"The loss is not a number after {run.Plan.Done} steps: back to the weights of {kept}, with ") +
                            FormattableString.Invariant($"{_peak * run.Recovery.Factor:G3} for a learning rate of {_peak:G3}."));
                        learner.Take(run.Optimizer, run.Average);
                        // The batch comes again.
                        loader.Dispose();
                        loader = null;
                    }
                    else outcome = TrainingOutcome.Diverged;
                }
                else if (!run.IsEpochOver && _checkpoint is not null && _clock.GetElapsedTime(saved) >= options.CheckpointInterval)
                {
                    TrySave(run, learner);
                    saved = _clock.GetTimestamp();
                }
            }
        }
        finally
        {
            loader?.Dispose();
        }

        learner.Give(run.Optimizer, run.Average);
        // A run cut off in its first epoch has no best: what it has learnt so far is then the best there is.
        if (run.Best.IsKept) run.Best.PutBack();
        else run.Average?.Swap();
        return new TrainingResult(network, outcome.Value, run.History, run.Best.Epoch, run.Plan.Done, run.Elapsed)
        {
            Start = run.Best.Start,
            Warning = run.Warning,
        };
    }

    /// <summary>Validates the network as it is, before the first step; false where that was cancelled.</summary>
    private bool OfferStart(TrainingCheckpoint run, IDeviceNetwork learner, CancellationToken cancellation)
    {
        if (validation is null) return true;
        try
        {
            var scores = learner.Score(validation, cancellation);
            run.Best.OfferStart(scores.Accuracy(validation.Faces), scores.Loss(validation.Faces));
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>One batch; false where the loss or the gradient is not finite.</summary>
    private bool Step(TrainingCheckpoint run, IDeviceNetwork learner, BatchLoader loader, long stepsPerEpoch)
    {
        var plan = run.Plan;
        long start = _clock.GetTimestamp();
        var batch = loader.Next()!;
        run.Epoch.WaitedSeconds += Seconds(start);
        var state = new TrainState(plan.Done, stepsPerEpoch, plan.Fraction);
        double rate = _peak * run.Recovery.Factor * run.Scheduler.Factor(state);
        options.BeforeStep?.Invoke(state);
        long engineStart = _clock.GetTimestamp();
        float loss = learner.Learn(batch, run.Optimizer, run.Average, (float)rate, plan.Done);
        run.Epoch.EngineSeconds += Seconds(engineStart);
        if (!float.IsFinite(loss)) return false;
        run.Epoch.Add(loss, CountRight(learner.Logits, batch), batch.Count, rate);
        run.IsLastStepDone = plan.IsLast;
        run.IsEpochOver = batch.IsLastOfEpoch || run.IsLastStepDone;
        plan.EndStep(Seconds(start));
        Report(run, state, loss, rate);
        return true;
    }

    /// <summary>
    /// Validates, with the averaged weights where there are such, keeps the weights if they are the best, and writes the checkpoint. Gives
    /// how the run ends, or null where it goes on.
    /// </summary>
    private TrainingOutcome? EndEpoch(TrainingCheckpoint run, long stepsPerEpoch, IDeviceNetwork learner, CancellationToken cancellation)
    {
        long start = _clock.GetTimestamp();
        learner.Give(run.Optimizer, run.Average);
        int number = (int)((run.Plan.Done - 1) / stepsPerEpoch) + 1;
        double trainingSeconds = run.Epoch.Seconds;
        double? accuracy = null, loss = null;
        try
        {
            run.Average?.Swap();
            if (validation is not null)
            {
                var scores = learner.Score(validation, cancellation);
                accuracy = scores.Accuracy(validation.Faces);
                loss = scores.Loss(validation.Faces);
            }
            // Without a validation set nothing says that an earlier epoch was better: the last one is kept.
            run.Best.Offer(number, accuracy ?? number, loss ?? -number);
        }
        catch (OperationCanceledException)
        {
            run.Average?.Swap();
            TrySave(run, learner);
            return TrainingOutcome.Cancelled;
        }
        run.Average?.Swap();
        run.Recovery.Keep();
        var metrics = run.Epoch.Metrics(number, run.Plan.Done, trainingSeconds) with
        {
            ValidationAccuracy = accuracy,
            ValidationLoss = loss,
        };
        run.History.Add(metrics);
        run.Scheduler.EndEpoch(metrics.ValidationLoss ?? metrics.TrainingLoss, _peak);
        bool stops = run.Stopping?.ShouldStop(
            metrics.Epoch, metrics.ValidationAccuracy ?? metrics.TrainingAccuracy, metrics.ValidationLoss ?? metrics.TrainingLoss) ?? false;
        run.Outcome = run.IsLastStepDone ? TrainingOutcome.Completed : stops ? TrainingOutcome.StoppedEarly : null;
        run.IsEpochOver = false;
        run.Epoch.Begin();
        run.Plan.EndValidation(Seconds(start) + _saveSeconds);
        Save(run, cancellation);
        // After the checkpoint: whoever hears of an epoch may rely on it.
        options.MetricsCallback?.Invoke(new ImageClassificationMetrics { Train = metrics });
        return run.Outcome;
    }

    /// <summary>Writes the checkpoint of an epoch, which must not be lost: where the disk is full it waits for room.</summary>
    /// <exception cref="UnwritableException">There was none for too long; the checkpoint before stays.</exception>
    private void Save(TrainingCheckpoint run, CancellationToken cancellation)
    {
        if (_checkpoint is null) return;
        long start = _clock.GetTimestamp();
        try
        {
            var waited = PatientWrite.Run(() => run.Save(_checkpoint), _clock, Warn, cancellation);
            _saveSeconds = Seconds(start) - waited.TotalSeconds;
        }
        catch (UnwritableException) when (cancellation.IsCancellationRequested)
        {
            // Who stops a training wants the model in memory; the checkpoint before stays, and the warning is out.
        }
    }

    /// <summary>Writes a checkpoint that an epoch's end will bring anyhow, or one of a training that is being stopped.</summary>
    private void TrySave(TrainingCheckpoint run, IDeviceNetwork learner)
    {
        if (_checkpoint is null) return;
        learner.Give(run.Optimizer, run.Average);
        try
        {
            run.Save(_checkpoint);
        }
        catch (UnwritableException e)
        {
            Warn($"{e.Message} The checkpoint before stays.");
        }
    }

    private void Warn(string warning) => options.MetricsCallback?.Invoke(new ImageClassificationMetrics { Warning = warning });

    private BatchLoaderOptions LoaderOptions(int side, long firstBatch) => new()
    {
        BatchSize = _batchSize,
        Side = side,
        View = network.Input.Height,
        Seed = options.Seed,
        Epochs = 0,
        FirstBatch = firstBatch,
        Shuffle = true,
        DropLast = true,
        Augmentation = options.Augmentation,
        SoftTargets = options.SoftTargets ?? 1,
        Mixup = options.Mixup,
    };

    private TrainingPlan Plan(long stepsPerEpoch)
    {
        if (options.TimeBudget is not { } budget)
            return new FixedPlan((options.Epoch ?? ImageClassificationTrainer.Options.DefaultEpochs) * stepsPerEpoch);
        // Until a validation has been timed: a forward pass is about a third of a step.
        double validationSteps = validation is null ? 0 : Math.Ceiling((double)validation.Faces.Count / _batchSize) * 0.4;
        long most = options.Epoch is { } epochs ? epochs * stepsPerEpoch : long.MaxValue / 2;
        return new DeadlinePlan(_clock, options.Started, budget, stepsPerEpoch, most, validationSteps, _resizing.RemainingCost);
    }

    private void Report(TrainingCheckpoint run, in TrainState state, double loss, double rate)
    {
        if (options.ProgressCallback is not { } callback) return;
        var plan = run.Plan;
        var elapsed = run.Elapsed;
        double left = Math.Max(0, (double)(plan.TotalSteps - plan.Done) / plan.Done);
        var remaining = options.TimeBudget is { } budget && budget - elapsed < elapsed * left ? budget - elapsed : elapsed * left;
        callback(new TrainingProgress(
            state.Epoch, plan.Done, state.StepsPerEpoch, Math.Max(plan.Done, plan.TotalSteps), loss, rate, elapsed,
            remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero)
        {
            EpochLoss = run.Epoch.Loss,
            ImagesPerSecond = run.Epoch.Count / run.Epoch.Seconds,
        });
    }

    private int CountRight(ReadOnlySpan<float> output, FaceBatch batch)
    {
        int classes = network.Output.Length, right = 0;
        for (int i = 0; i < batch.Count; i++)
            if (ModelScores.ArgMax(output.Slice(i * classes, classes)) == ModelScores.ArgMax(batch.Target(i))) right++;
        return right;
    }

    private double Seconds(long since) => _clock.GetElapsedTime(since).TotalSeconds;
}
