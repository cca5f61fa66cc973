using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// Trains a linear head on features that do not change. They are brought to mean 0 and deviation 1 over the training set first, so that one learning
/// rate suits every backbone; the finished head takes that into its weights and reads the features as they are.
/// </summary>
internal sealed class HeadTraining(
    BottleneckFeatures training, BottleneckFeatures? validation, ImageClassificationTrainer.Options options, WorkerPool pool)
{
    private const int DefaultEpochs = 40;
    private const long OrderPurpose = 2;
    private const double FeaturesAtFullScale = 256;

    private readonly long _start = options.Started;
    private readonly int _classes = training.Faces.ClassNames.Count;
    private readonly float[] _mean = new float[training.Length], _inverse = new float[training.Length];
    private readonly List<TrainingMetrics> _history = [];

    /// <summary>Trains the head and puts it, over plain features, into <paramref name="head"/>; <paramref name="network"/> is what the result names.</summary>
    internal TrainingResult Run(Linear head, Network network, CancellationToken cancellation)
    {
        Standardize();
        var builder = new NetworkBuilder("Head", new Shape(training.Length));
        var layer = builder.Input.Dropout(options.Dropout);
        var linear = new Linear(training.Length, _classes, initializer: Initializer.XavierUniform);
        builder.Add(linear, "head", layer);
        var small = builder.Build();
        small.Initialize(options.Seed);
        int batchSize = Math.Min(options.BatchSize, training.Faces.Count);
        using var executor = new NetworkExecutor(small, batchSize, training: true, pool);
        using var evaluator = new NetworkExecutor(small, batchSize, training: false, pool);
        var optimizer = options.CreateOptimizer();
        var scheduler = options.LearningRateScheduler.Start();
        var average = options.ExponentialMovingAverage > 0 ? new ExponentialMovingAverage(small.Parameters, options.ExponentialMovingAverage) : null;
        var stopping = options.EarlyStoppingCriteria is { } criteria ? new EarlyStoppingMonitor(criteria) : null;
        var best = new BestWeights(small.Parameters, options.EarlyStoppingCriteria);
        long stepsPerEpoch = training.Faces.Count / batchSize;
        double peak = options.HeadLearningRate ?? options.LearningRate;
        var plan = Plan(stepsPerEpoch);
        var outcome = TrainingOutcome.Completed;
        var targets = new float[batchSize * _classes];
        int[] order = new int[training.Faces.Count];

        for (int epoch = 1; outcome == TrainingOutcome.Completed; epoch++)
        {
            long epochStart = options.Clock.GetTimestamp();
            for (int i = 0; i < order.Length; i++) order[i] = i;
            new RandomStream(options.Seed, epoch - 1, 0, OrderPurpose).Shuffle<int>(order);
            double lossSum = 0, rate = 0;
            int right = 0, seen = 0;
            bool last = false;
            for (long step = 0; step < stepsPerEpoch && !last; step++)
            {
                if (cancellation.IsCancellationRequested)
                {
                    outcome = TrainingOutcome.Cancelled;
                    break;
                }
                long stepStart = options.Clock.GetTimestamp();
                for (int i = 0; i < batchSize; i++)
                {
                    int face = order[step * batchSize + i];
                    Load(training.Row(face), executor.Input.Slice(i * training.Length, training.Length));
                    training.Faces.CopyTarget(face, options.SoftTargets, targets.AsSpan(i * _classes, _classes));
                }
                var state = new TrainState(plan.Done, stepsPerEpoch, plan.Fraction);
                rate = peak * scheduler.Factor(state);
                executor.Forward(batchSize, plan.Done);
                float loss = SoftmaxCrossEntropy.Loss(executor.Output, targets, batchSize, _classes, options.LabelSmoothing, executor.OutputGradient);
                for (int i = 0; i < batchSize; i++)
                    if (ModelScores.ArgMax(executor.Output.Slice(i * _classes, _classes)) == ModelScores.ArgMax(targets.AsSpan(i * _classes, _classes))) right++;
                executor.Backward();
                if (options.GradientClipping > 0) GradientClipping.ClipByGlobalNorm(small.Parameters, options.GradientClipping);
                if (!float.IsFinite(loss))
                {
                    outcome = TrainingOutcome.Diverged;
                    break;
                }
                optimizer.Step(small.Parameters, (float)rate, pool);
                average?.Update();
                lossSum += (double)loss * batchSize;
                seen += batchSize;
                last = plan.IsLast;
                plan.EndStep(Seconds(stepStart));
                options.ProgressCallback?.Invoke(Progress(plan, state, loss, rate));
            }
            if (outcome != TrainingOutcome.Completed) break;
            double trainingSeconds = Seconds(epochStart);
            average?.Swap();
            var (accuracy, validationLoss) = Validate(evaluator);
            best.Offer(epoch, accuracy ?? epoch, validationLoss ?? -epoch);
            average?.Swap();
            plan.EndValidation(Seconds(epochStart) - trainingSeconds);
            var metrics = new TrainingMetrics
            {
                Epoch = epoch,
                Steps = plan.Done,
                LearningRate = rate,
                TrainingLoss = lossSum / seen,
                TrainingAccuracy = (double)right / seen,
                ValidationAccuracy = accuracy,
                ValidationLoss = validationLoss,
                Seconds = Seconds(epochStart),
                ImagesPerSecond = seen / Math.Max(1e-9, trainingSeconds),
                LoaderWaitShare = 0,
                EngineShare = 1,
            };
            _history.Add(metrics);
            scheduler.EndEpoch(validationLoss ?? metrics.TrainingLoss, peak);
            bool stop = stopping?.ShouldStop(epoch, accuracy ?? metrics.TrainingAccuracy, validationLoss ?? metrics.TrainingLoss) ?? false;
            options.MetricsCallback?.Invoke(new ImageClassificationMetrics { Train = metrics });
            if (last) break;
            if (stop) outcome = TrainingOutcome.StoppedEarly;
        }
        if (best.Epoch > 0) best.PutBack();
        else average?.Swap();
        CopyTo(head, linear);
        return new TrainingResult(network, outcome, _history, best.Epoch, optimizer.Steps, options.Clock.GetElapsedTime(_start));
    }

    private TrainingPlan Plan(long stepsPerEpoch)
    {
        if (options.TimeBudget is not { } budget) return new FixedPlan((options.Epoch ?? DefaultEpochs) * stepsPerEpoch);
        return new DeadlinePlan(options.Clock, _start, budget, stepsPerEpoch,
            options.Epoch is { } epochs ? epochs * stepsPerEpoch : DefaultEpochs * stepsPerEpoch, validationSteps: 1);
    }

    private TrainingProgress Progress(TrainingPlan plan, TrainState state, double loss, double rate)
    {
        var elapsed = options.Clock.GetElapsedTime(_start);
        return new TrainingProgress(state.Epoch, plan.Done, state.StepsPerEpoch, Math.Max(plan.Done, plan.TotalSteps), loss, rate, elapsed,
            elapsed * ((double)Math.Max(0, plan.TotalSteps - plan.Done) / plan.Done));
    }

    private (double? Accuracy, double? Loss) Validate(NetworkExecutor evaluator)
    {
        if (validation is null) return (null, null);
        var logits = new float[validation.Faces.Count * _classes];
        for (int first = 0; first < validation.Faces.Count; first += evaluator.BatchSize)
        {
            int count = Math.Min(evaluator.BatchSize, validation.Faces.Count - first);
            for (int i = 0; i < count; i++) Load(validation.Row(first + i), evaluator.Input.Slice(i * validation.Length, validation.Length));
            evaluator.Forward(count);
            evaluator.Output[..(count * _classes)].CopyTo(logits.AsSpan(first * _classes));
        }
        var scores = new ModelScores(logits, validation.Faces.Count, _classes, 0);
        return (scores.Accuracy(validation.Faces), scores.Loss(validation.Faces));
    }

    private void Standardize()
    {
        var sum = new double[training.Length];
        var square = new double[training.Length];
        for (int face = 0; face < training.Faces.Count; face++)
        {
            var row = training.Row(face);
            for (int i = 0; i < row.Length; i++)
            {
                sum[i] += row[i];
                square[i] += (double)row[i] * row[i];
            }
        }
        // A step moves the answer by as much as there are features; past a few hundred they are made smaller to that end.
        double scale = Math.Sqrt(Math.Min(1, FeaturesAtFullScale / training.Length));
        for (int i = 0; i < sum.Length; i++)
        {
            double mean = sum[i] / training.Faces.Count, variance = Math.Max(0, square[i] / training.Faces.Count - mean * mean);
            _mean[i] = (float)mean;
            // A feature that never changes says nothing; dividing by nearly nothing would only blow up its rounding.
            _inverse[i] = variance > 1e-10 * (1 + mean * mean) ? (float)(scale / Math.Sqrt(variance)) : 0;
        }
    }

    private void Load(ReadOnlySpan<float> row, Span<float> target)
    {
        for (int i = 0; i < row.Length; i++) target[i] = (row[i] - _mean[i]) * _inverse[i];
    }

    /// <summary>w (x - mean) / deviation + b is (w / deviation) x + (b - sum of w mean / deviation).</summary>
    private void CopyTo(Linear head, Linear standardized)
    {
        for (int c = 0; c < _classes; c++)
        {
            double bias = standardized.Bias!.Values[c];
            for (int i = 0; i < training.Length; i++)
            {
                float weight = standardized.Weight.Values[c * training.Length + i] * _inverse[i];
                head.Weight.Values[c * training.Length + i] = weight;
                bias -= (double)weight * _mean[i];
            }
            head.Bias!.Values[c] = (float)bias;
        }
    }

    private double Seconds(long since) => options.Clock.GetElapsedTime(since).TotalSeconds;
}
