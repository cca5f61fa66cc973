using Microsoft.ML;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// A sweep, with the names and shapes of ML.NET's: the tuner proposes, the runner trains, the monitor sees the result, the tuner learns
/// from it; until the time or the number of trials is used up. With a <see cref="BudgetPlan"/> the winner is then trained with what is left
/// of the budget. A trial that throws, diverges or hangs is reported as failed and the sweep goes on. With
/// <see cref="SetCheckpoint(string)"/> a stopped sweep can be resumed.
/// <code>
/// TrialResult best = ml.Auto().CreateExperiment() .SetDataset(train, validation) .SetPipeline(pipeline)
/// .SetMulticlassClassificationMetric(MulticlassClassificationMetric.MicroAccuracy) .SetTrainingTimeInSeconds(600) .Run();
/// </code>
/// </summary>
public sealed class AutoMLExperiment
{
    private readonly MLContext _context;
    private readonly TimeProvider _time;
    private (IDataView Train, IDataView Validation)? _dataset;
    private SweepablePipeline? _pipeline;
    private MulticlassMetric _metric = new(MulticlassClassificationMetric.MicroAccuracy, "Label", "PredictedLabel");
    private SearchSpace? _space;
    private ITrialRunner? _runner;
    private Func<SearchSpace, long, ITuner>? _tuner;
    private IMonitor? _monitor;
    private BudgetPlan? _plan;
    private TimeSpan? _trainingTime;
    private int? _maxModels;
    private ExperimentStore? _store;
    private string? _checkpoint;
    private double? _memory;
    private long _seed;
    private (IReadOnlyList<Parameter> Settings, TimeSpan Time) _baselines = ([], TimeSpan.Zero);
    private ExperimentLoop? _loop;

    internal AutoMLExperiment(MLContext context, TimeProvider time)
    {
        _context = context;
        _time = time;
    }

    /// <summary>Sets the rows to train on and those to choose on, for <see cref="SetPipeline(SweepablePipeline)"/>.</summary>
    public AutoMLExperiment SetDataset(IDataView train, IDataView validation)
    {
        _dataset = (train, validation);
        return this;
    }

    /// <summary>Sets the rows to train on and, as the test set of a split, those to choose on.</summary>
    public AutoMLExperiment SetDataset(DataOperationsCatalog.TrainTestData trainValidationSplit) =>
        SetDataset(trainValidationSplit.TrainSet, trainValidationSplit.TestSet);

    /// <summary>
    /// Sets a pipeline whose options are searched: each trial fits it to the training set and scores it on the validation set. A fidelity
    /// below 1 is that share of the training rows, drawn by the seed. A resumed sweep fits its best pipeline again.
    /// </summary>
    public AutoMLExperiment SetPipeline(SweepablePipeline pipeline)
    {
        (_pipeline, _space, _runner) = (pipeline, pipeline.SearchSpace, null);
        return this;
    }

    /// <summary>Sets a pipeline of one estimator.</summary>
    public AutoMLExperiment SetPipeline(SweepableEstimator estimator) => SetPipeline(new SweepablePipeline().Append(estimator));

    /// <summary>
    /// Sets what is maximised, or minimised in the case of the log-loss, on the validation set; micro accuracy unless set.
    /// </summary>
    /// <param name="metric">The metric, as ML.NET's evaluator measures it.</param>
    /// <param name="labelColumn">The key column of the classes.</param>
    /// <param name="predictedColumn">The key column that the pipeline predicts.</param>
    public AutoMLExperiment SetMulticlassClassificationMetric(
        MulticlassClassificationMetric metric, string labelColumn = "Label", string predictedColumn = "PredictedLabel")
    {
        _metric = new MulticlassMetric(metric, labelColumn, predictedColumn);
        return this;
    }

    /// <summary>Sets the time after which no trial continues.</summary>
    /// <exception cref="FerUsageException">The time is not a positive number.</exception>
    public AutoMLExperiment SetTrainingTimeInSeconds(double trainingTimeInSeconds)
    {
        if (!(trainingTimeInSeconds > 0 && trainingTimeInSeconds <= TimeSpan.MaxValue.TotalSeconds / 2))
            throw new FerUsageException($"A training time of {trainingTimeInSeconds} seconds is not usable; give a positive number.");
        _trainingTime = TimeSpan.FromSeconds(trainingTimeInSeconds);
        return this;
    }

    /// <summary>Sets the most settings to compare.</summary>
    /// <exception cref="FerUsageException">The number is not positive.</exception>
    public AutoMLExperiment SetMaxModelToExplore(int maxModel)
    {
        if (maxModel <= 0) throw new FerUsageException($"{maxModel} models to explore are not usable; give 1 or more.");
        _maxModels = maxModel;
        return this;
    }

    /// <summary>Sets short trials and a final training under one budget, in place of <see cref="SetTrainingTimeInSeconds"/>.</summary>
    public AutoMLExperiment SetBudgetPlan(BudgetPlan plan)
    {
        _plan = plan;
        return this;
    }

    /// <summary>Sets the options to search, for a trial runner of one's own.</summary>
    public AutoMLExperiment SetSearchSpace(SearchSpace space)
    {
        _space = space;
        return this;
    }

    /// <summary>Sets what trains and scores a setting, in place of a pipeline. It stays the caller's to dispose of.</summary>
    public AutoMLExperiment SetTrialRunner(ITrialRunner runner)
    {
        (_runner, _pipeline) = (runner, null);
        return this;
    }

    /// <summary>
    /// Sets what proposes settings; without it a <see cref="SuccessiveHalvingTuner"/> in plans, and <see cref="RandomSearchTuner"/>
    /// elsewhere.
    /// </summary>
    public AutoMLExperiment SetTuner(ITuner tuner) => SetTuner((_, _) => tuner);

    /// <summary>Settings drawn at random: <see cref="RandomSearchTuner"/>.</summary>
    /// <param name="seed">Seed of the settings; null is the experiment's.</param>
    public AutoMLExperiment SetRandomSearchTuner(int? seed = null) => SetTuner((space, own) => new RandomSearchTuner(space, seed ?? own));

    /// <summary>Every place of a grid: <see cref="GridSearchTuner"/>.</summary>
    /// <param name="step">Places of a range.</param>
    public AutoMLExperiment SetGridSearchTuner(int step = 10) => SetTuner((space, seed) => new GridSearchTuner(space, seed, step));

    /// <summary>Small steps from the default: <see cref="CostFrugalTuner"/>.</summary>
    public AutoMLExperiment SetCostFrugalTuner() => SetTuner((space, seed) => new CostFrugalTuner(space, seed));

    /// <summary>Sets what watches the trials; without it they are told to the log of the <see cref="MLContext"/>.</summary>
    public AutoMLExperiment SetMonitor(IMonitor monitor)
    {
        _monitor = monitor;
        return this;
    }

    /// <summary>Sets the seed of the proposals and of every trial; 0 unless set.</summary>
    public AutoMLExperiment SetSeed(long seed)
    {
        _seed = seed;
        return this;
    }

    /// <summary>
    /// Sets the most memory that the program may take, in megabytes. A trial that would take more, by
    /// <see cref="ITrialRunner.EstimateMemory"/>, fails
    /// before it starts, and one during which the program does is cancelled.
    /// </summary>
    /// <exception cref="FerUsageException">The number is not positive.</exception>
    public AutoMLExperiment SetMaximumMemoryUsageInMegaByte(double value = double.MaxValue)
    {
        if (!(value > 0)) throw new FerUsageException($"{value} megabytes of memory are not usable; give a positive number.");
        _memory = value;
        return this;
    }

    /// <summary>
    /// Sets a folder in which <c>experiment.json</c> keeps every trial as it ends. An experiment with the same space, tuner and seed that
    /// finds it there is resumed after the last ended trial, with the time that is left.
    /// </summary>
    public AutoMLExperiment SetCheckpoint(string folder)
    {
        _checkpoint = folder;
        return this;
    }

    internal AutoMLExperiment SetCheckpoint(ExperimentStore store)
    {
        _store = store;
        return this;
    }

    internal AutoMLExperiment SetTuner(Func<SearchSpace, long, ITuner> factory)
    {
        _tuner = factory;
        return this;
    }

    /// <summary>
    /// Sets what is run first to compare the sweep with, and the time of each, in the mean; none of it becomes the best.
    /// </summary>
    internal AutoMLExperiment SetBaselines(IReadOnlyList<Parameter> settings, TimeSpan time)
    {
        _baselines = (settings, time);
        return this;
    }

    /// <summary>
    /// Ends the running trial without a result and starts the next; a final training ends with what it has. For any thread.
    /// </summary>
    public void SkipRunningTrial() => _loop?.Skip();

    /// <summary>Runs the experiment and waits for it, as <see cref="RunAsync"/> does.</summary>
    public TrialResult Run() => RunAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>
    /// Runs the experiment. Cancelled, it ends within a batch of the running trial and gives the best so far; with a checkpoint, it can be
    /// resumed.
    /// ML.NET's trainers cannot be cancelled: one that is at work when its time is up is left behind, and its result is not waited for.
    /// </summary>
    /// <returns>The best result, as the runner made it.</returns>
    /// <exception cref="FerException">No trial finished, or the checkpoint belongs to another experiment or cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before a trial finished.</exception>
    /// <exception cref="InvalidOperationException">No limit was set, or neither a dataset and a pipeline nor a search space and a
    /// runner.</exception>
    public async Task<TrialResult> RunAsync(CancellationToken cancellationToken = default)
    {
        if (_plan is null && _trainingTime is null && _maxModels is null)
            throw new InvalidOperationException("An experiment needs a training time, a number of models or a budget plan.");
        using var own = PipelineRunner();
        if (_space is not { } space || (own ?? _runner) is not { } runner)
            throw new InvalidOperationException("An experiment needs a pipeline and a dataset, or a search space and a trial runner.");
        using var ownStore = _checkpoint is null ? null : new ExperimentStore(_checkpoint, _time);
        _loop = new ExperimentLoop(new ExperimentSetup
        {
            Space = space,
            Runner = runner,
            Tuner = (_tuner ?? UsualTuner)(space, _seed),
            Monitor = _monitor ?? new ContextMonitor(_context),
            Plan = _plan,
            TrainingTime = _trainingTime,
            MaxModels = _maxModels,
            Baselines = _baselines.Settings,
            BaselineTime = _baselines.Time,
            Seed = _seed,
            MaximumMegabytes = _memory,
            Store = ownStore ?? _store,
            Time = _time,
        });
        return await _loop.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private ITuner UsualTuner(SearchSpace space, long seed) =>
        _plan is null ? new RandomSearchTuner(space, seed) : new SuccessiveHalvingTuner(space, seed, _plan.Rungs, BudgetPlan.Eta);

    private SweepablePipelineRunner? PipelineRunner()
    {
        if (_pipeline is null) return null;
        var (train, validation) = _dataset
            ?? throw new InvalidOperationException("A pipeline needs SetDataset: rows to train on and rows to choose on.");
        return new SweepablePipelineRunner(_context, _pipeline, train, validation, _metric);
    }
}
