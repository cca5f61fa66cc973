using Fer.Pipeline.Data;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Training;

/// <summary>
/// The training of one network from its first step to its best weights: batches in, forward, loss, backward, step; after each epoch the
/// validation set. A loss that is not finite ends the run with <see cref="TrainingOutcome.Diverged"/>, not with an exception, so that a sweep
/// goes on to its next trial.
/// </summary>
internal sealed class TrainingLoop(Network network, FaceSet training, FaceSet? validation, ImageClassificationTrainer.Options options)
{
    private const int DefaultEpochs = 40;
    private const long DropoutPurpose = 4;

    private readonly TimeProvider _clock = options.Clock;
    private readonly List<TrainingMetrics> _history = [];

    internal TrainingResult Run(CancellationToken cancellation)
    {
        long start = _clock.GetTimestamp();
        int batchSize = Math.Min(options.BatchSize, training.Count);
        using var pool = new WorkerPool(options.Threads) { AllowsWinograd = options.Winograd };
        using var executor = new NetworkExecutor(network, batchSize, training: true, pool);
        using var evaluator = validation is null ? null : new ModelEvaluator(network, pool, Math.Min(batchSize, validation.Count));
        using var loader = new BatchLoader(training, LoaderOptions(batchSize));
        var optimizer = options.CreateOptimizer();
        var scheduler = options.LearningRateScheduler.Start();
        var average = options.ExponentialMovingAverage > 0 ? new ExponentialMovingAverage(network.Parameters, options.ExponentialMovingAverage) : null;
        var stopping = options.EarlyStoppingCriteria is { } criteria ? new EarlyStoppingMonitor(criteria) : null;
        var best = new BestWeights(network.Parameters, options.EarlyStoppingCriteria);
        var plan = Plan(loader.BatchesPerEpoch, batchSize);
        var epoch = new EpochTotals(_clock, loader);
        var outcome = TrainingOutcome.Completed;

        while (true)
        {
            if (cancellation.IsCancellationRequested)
            {
                outcome = TrainingOutcome.Cancelled;
                break;
            }
            long stepStart = _clock.GetTimestamp();
            var batch = loader.Next()!;
            var state = new TrainState(plan.Done, loader.BatchesPerEpoch, plan.Fraction);
            double rate = options.LearningRate * scheduler.Factor(state);
            options.BeforeStep?.Invoke(state);
            long engineStart = _clock.GetTimestamp();
            float loss = Step(executor, batch, optimizer, (float)rate, plan.Done);
            epoch.EngineSeconds += Seconds(engineStart);
            if (!float.IsFinite(loss))
            {
                outcome = TrainingOutcome.Diverged;
                break;
            }
            average?.Update();
            epoch.Add(loss, CountRight(executor.Output, batch), batch.Count);
            bool last = plan.IsLast;
            plan.EndStep(Seconds(stepStart));
            Report(plan, state, loss, rate, start);

            if (batch.IsLastOfEpoch || last)
            {
                if (EndEpoch(state.Epoch, rate, epoch, average, evaluator, plan, best, cancellation) is not { } metrics)
                {
                    outcome = TrainingOutcome.Cancelled;
                    break;
                }
                scheduler.EndEpoch(metrics.ValidationLoss ?? metrics.TrainingLoss, options.LearningRate);
                bool stop = stopping?.ShouldStop(
                    metrics.Epoch, metrics.ValidationAccuracy ?? metrics.TrainingAccuracy, metrics.ValidationLoss ?? metrics.TrainingLoss) ?? false;
                options.MetricsCallback?.Invoke(new ImageClassificationMetrics { Train = metrics });
                if (stop && !last)
                {
                    outcome = TrainingOutcome.StoppedEarly;
                    break;
                }
                epoch.Begin();
            }
            if (last) break;
        }

        // A run cut off in its first epoch has no best: what it has learnt so far is then the best there is.
        if (best.Epoch > 0) best.Restore();
        else average?.Swap();
        return new TrainingResult(network, outcome, _history, best.Epoch, optimizer.Steps, _clock.GetElapsedTime(start));
    }

    /// <summary>One batch through the network and back; gives the loss, or a value that is not finite where the loss or the gradient is none.</summary>
    private float Step(NetworkExecutor executor, FaceBatch batch, Optimizer optimizer, float rate, long number)
    {
        batch.Pixels.CopyTo(executor.Input);
        executor.Forward(batch.Count, (long)new RandomStream(options.Seed, number, 0, DropoutPurpose).NextUInt64());
        float loss = SoftmaxCrossEntropy.Loss(
            executor.Output, batch.Targets, batch.Count, network.Output.Length, options.LabelSmoothing, executor.OutputGradient);
        if (!float.IsFinite(loss)) return loss;
        executor.Backward();
        if (options.GradientClipping > 0)
        {
            float norm = GradientClipping.ClipByGlobalNorm(network.Parameters, options.GradientClipping);
            if (!float.IsFinite(norm)) return norm;
        }
        optimizer.Step(network.Parameters, rate, executor.Pool);
        return loss;
    }

    /// <summary>Validates, with the averaged weights where there are such, and keeps the weights if they are the best; null where it was cancelled.</summary>
    private TrainingMetrics? EndEpoch(
        int number, double rate, EpochTotals epoch, ExponentialMovingAverage? average, ModelEvaluator? evaluator,
        TrainingPlan plan, BestWeights best, CancellationToken cancellation)
    {
        long start = _clock.GetTimestamp();
        double trainingSeconds = epoch.Seconds;
        double? accuracy = null, loss = null;
        average?.Swap();
        try
        {
            if (evaluator is not null)
            {
                var scores = evaluator.Score(validation!, cancellation);
                accuracy = scores.Accuracy(validation!);
                loss = scores.Loss(validation!);
                plan.EndValidation(Seconds(start));
            }
            // Without a validation set nothing says that an earlier epoch was better: the last one is kept.
            best.Offer(number, accuracy ?? number, loss ?? 0);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            average?.Swap();
        }
        var metrics = epoch.Metrics(number, plan.Done, rate, trainingSeconds) with { ValidationAccuracy = accuracy, ValidationLoss = loss };
        _history.Add(metrics);
        return metrics;
    }

    private BatchLoaderOptions LoaderOptions(int batchSize) => new()
    {
        BatchSize = batchSize,
        Side = network.Input.Height,
        Seed = options.Seed,
        Epochs = 0,
        Shuffle = true,
        DropLast = true,
        Augmentation = options.Augmentation,
        Mixup = options.Mixup,
    };

    private TrainingPlan Plan(long stepsPerEpoch, int batchSize)
    {
        if (options.TimeBudget is not { } budget) return new FixedPlan((options.Epoch ?? DefaultEpochs) * stepsPerEpoch);
        // Until a validation has been timed: a forward pass is about a third of a step.
        double validationSteps = validation is null ? 0 : Math.Ceiling((double)validation.Count / batchSize) * 0.4;
        long most = options.Epoch is { } epochs ? epochs * stepsPerEpoch : long.MaxValue / 2;
        return new DeadlinePlan(_clock, budget, stepsPerEpoch, most, validationSteps);
    }

    private void Report(TrainingPlan plan, in TrainState state, double loss, double rate, long start)
    {
        if (options.ProgressCallback is not { } callback) return;
        var elapsed = _clock.GetElapsedTime(start);
        double left = Math.Max(0, (double)(plan.TotalSteps - plan.Done) / plan.Done);
        var remaining = options.TimeBudget is { } budget && budget - elapsed < elapsed * left ? budget - elapsed : elapsed * left;
        callback(new TrainingProgress(
            state.Epoch, plan.Done, state.StepsPerEpoch, Math.Max(plan.Done, plan.TotalSteps), loss, rate, elapsed,
            remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero));
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
