using Fer.Pipeline.Data;

namespace Fer.Pipeline.AutoML;

/// <summary>How a <see cref="FaceExperiment"/> is run.</summary>
public sealed record FaceExperimentOptions
{
    /// <summary>Wall-clock time from <see cref="Start"/> to the end, the saved model included.</summary>
    public required TimeSpan Budget { get; init; }

    /// <summary>Most settings to compare in short trials.</summary>
    public int MaxModels { get; init; } = BudgetPlan.MostTrials;

    /// <summary>Architectures to choose from; null is all of the space.</summary>
    public IReadOnlyList<string>? Architectures { get; init; }

    /// <summary>Seed of the proposals and the trainings.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads; 0 is one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>When the budget began, on <see cref="Clock"/>; null is when the experiment is run.</summary>
    public long? Start { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>
/// The sweep on faces under a wall-clock budget: measures the machine, rehearses the end, chooses the width by the time there is, compares
/// settings in short trials, trains the winner with what is left and has it saved before the time is up.
/// </summary>
public sealed class FaceExperiment
{
    private readonly FaceSet _training, _validation;
    private readonly FaceExperimentOptions _options;

    /// <summary>Creates the experiment.</summary>
    /// <exception cref="FerException">There are no faces to train on or to choose on.</exception>
    public FaceExperiment(FaceDataset dataset, FaceExperimentOptions options)
    {
        if (dataset.Training.Count == 0) throw new FerException($"{dataset.Source}: there are no Training faces to learn from.");
        if (dataset.Validation.Count == 0) throw new FerException($"{dataset.Source}: there are no PublicTest faces to choose a model on.");
        _training = dataset.Training;
        _validation = dataset.Validation;
        _options = options;
    }

    /// <summary>Called with the plan once the machine is measured.</summary>
    public Action<BudgetPlan>? PlanCallback { get; init; }

    /// <summary>
    /// Runs the experiment. <paramref name="finish"/> scores, saves and reports the best model; it is called once before the sweep with an
    /// untrained model as a rehearsal, which measures the time to keep for it and finds an unwritable folder while nothing is lost, and once at the end.
    /// </summary>
    /// <param name="monitor">Watches the trials.</param>
    /// <param name="finish">Gets the model and whether this is the rehearsal, whose files it must not leave.</param>
    /// <param name="cancellationToken">Ends the sweep with the best so far, which is then finished.</param>
    /// <exception cref="FerException">No trial finished.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was any model.</exception>
    public async Task<FaceTrialResult> RunAsync(IMonitor monitor, Action<FaceTrialResult, bool> finish, CancellationToken cancellationToken)
    {
        var clock = _options.Clock;
        long start = _options.Start ?? clock.GetTimestamp();
        var space = new SearchSpace<FaceSearchOptions>();
        if (_options.Architectures is { Count: > 0 } architectures) space = space.WithChoice(nameof(FaceSearchOptions.Architecture), [.. architectures]);

        var finishTime = Rehearse(space, finish);
        cancellationToken.ThrowIfCancellationRequested();
        var speeds = new Dictionary<double, double>();
        var left = Left();
        double width = WidthPlan.Choose(
            space.Dimensions.OfType<ChoiceDimension>().First(d => d.Name == nameof(FaceSearchOptions.Width)).Candidates.Cast<double>(),
            (1 - BudgetPlan.ExplorationShare(left)) * left, w => Epoch(Speed(w)));
        space = space.WithChoice(nameof(FaceSearchOptions.Width), width);

        double speed = Speed(width);
        var plan = BudgetPlan.Create(Left(), finishTime, Epoch(speed), _options.MaxModels);
        PlanCallback?.Invoke(plan);
        var (exploration, epochs) = Exploration(plan, speed);
        var runner = new FaceTrialRunner(space, _training, _validation, exploration, epochs, _options.Threads, monitor);
        var best = (FaceTrialResult)await new AutoMLExperiment(clock).SetSearchSpace(space).SetTrialRunner(runner).SetMonitor(monitor)
            .SetBudgetPlan(plan).SetMaxModelToExplore(Math.Max(1, _options.MaxModels)).SetSeed(_options.Seed).RunAsync(cancellationToken).ConfigureAwait(false);
        finish(best, false);
        return best;

        TimeSpan Left()
        {
            var time = _options.Budget - clock.GetElapsedTime(start);
            // Even a budget that reading the data has used up gets a model: of a second.
            return time > TimeSpan.FromSeconds(1) ? time : TimeSpan.FromSeconds(1);
        }

        double Speed(double atWidth)
        {
            if (!speeds.TryGetValue(atWidth, out double known))
            {
                var options = space.AsType(space.Default.With(nameof(FaceSearchOptions.Width), atWidth)).ToTrainerOptions() with { Seed = _options.Seed, Threads = _options.Threads };
                speeds[atWidth] = known = SpeedProbe.ImagesPerSecond(options, _training.ClassNames.Count, clock, 0.02 * Left());
            }
            return known;
        }
    }

    /// <summary>Time of an epoch with its validation; forward alone is about a third of a training step.</summary>
    private TimeSpan Epoch(double imagesPerSecond) => TimeSpan.FromSeconds((_training.Count + _validation.Count / 3.0) / imagesPerSecond);

    private TimeSpan Rehearse(SearchSpace<FaceSearchOptions> space, Action<FaceTrialResult, bool> finish)
    {
        var settings = new TrialSettings { TrialId = -1, Parameter = space.Default, Seed = _options.Seed };
        var options = space.AsType(space.Default).ToTrainerOptions() with { Seed = _options.Seed, Threads = _options.Threads };
        var network = Networks.Architectures.Create(options.Arch, _training.ClassNames.Count, new Networks.ArchitectureOptions { InputSide = options.InputSide, Width = options.Width });
        network.Initialize(_options.Seed);
        var untrained = new Training.TrainingResult(network, Training.TrainingOutcome.Cancelled, [], 0, 0, TimeSpan.Zero);
        long start = _options.Clock.GetTimestamp();
        finish(new FaceTrialResult { TrialSettings = settings, Metric = 0, Training = untrained, Options = options }, true);
        return _options.Clock.GetElapsedTime(start);
    }

    /// <summary>The faces that every short trial sees and how often: as many as the measured speed allows in a trial's time.</summary>
    private (FaceSet Faces, int Epochs) Exploration(BudgetPlan plan, double imagesPerSecond)
    {
        // Augmentation, start-up and a machine that slows down get a seventh.
        double time = 0.85 * plan.TrialTime.TotalSeconds - _validation.Count / (3 * imagesPerSecond);
        double faces = Math.Max(0, time) * imagesPerSecond;
        if (plan.Trials == 0 || faces >= _training.Count) return (_training, Math.Max(1, (int)(faces / _training.Count)));
        const int least = 512;
        int count = Math.Min(_training.Count, Math.Max(least, (int)faces));
        int[] order = [.. Enumerable.Range(0, _training.Count)];
        new RandomStream(_options.Seed, 0x4578).Shuffle<int>(order);
        return (_training.Select(order.AsSpan(0, count)), 1);
    }
}
