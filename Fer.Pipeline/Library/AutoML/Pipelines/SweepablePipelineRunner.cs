using Microsoft.ML;

namespace Fer.Pipeline.AutoML;

/// <summary>Fits a pipeline with a trial's options and scores it.</summary>
/// <param name="context">Hears what the trials' own contexts log.</param>
/// <param name="pipeline">The pipeline.</param>
/// <param name="train">The rows to train on.</param>
/// <param name="validation">The rows to choose on.</param>
/// <param name="metric">What they are scored by.</param>
internal sealed class SweepablePipelineRunner(
    MLContext context, SweepablePipeline pipeline, IDataView train, IDataView validation, MulticlassMetric metric)
    : ITrialRunner
{
    private long? _rows;

    public Task<TrialResult> RunAsync(TrialSettings settings, CancellationToken cancellationToken) =>
        Task.FromResult(CancellableView.Run(() => Run(settings, cancellationToken), cancellationToken));

    /// <summary>Fits it again: what is fitted with one seed on the same rows is the same.</summary>
    public TrialResult Reopen(TrialResult completed) =>
        Run(completed.TrialSettings, CancellationToken.None) with { DurationInMilliseconds = completed.DurationInMilliseconds };

    public void Dispose() { }

    private TrialResult Run(TrialSettings settings, CancellationToken cancellationToken)
    {
        // A context of its own, so that a trial's randomness hangs on its seed alone.
        var trial = new MLContext(unchecked((int)settings.Seed));
        var log = new ContextLog(context);
        trial.Log += (_, e) => log.Relay(e);
        var rows = new CancellableView(Part(trial, settings), cancellationToken);
        var model = pipeline.BuildFromOption(trial, settings.Parameter).Fit(rows);
        var (value, loss, logLoss) = metric.Evaluate(trial, model.Transform(new CancellableView(validation, cancellationToken)));
        cancellationToken.ThrowIfCancellationRequested();
        return new TrialResult { TrialSettings = settings, Model = model, Metric = value, Loss = loss, LogLoss = logLoss };
    }

    /// <summary>The share of the training rows that the trial's fidelity asks for.</summary>
    private IDataView Part(MLContext trial, TrialSettings settings)
    {
        if (settings.Fidelity >= 1) return train;
        _rows ??= train.GetRowCount() ?? Count();
        long count = Math.Max(1, (long)(settings.Fidelity * _rows.Value));
        return trial.Data.TakeRows(trial.Data.ShuffleRows(train, unchecked((int)settings.Seed)), count);
    }

    private long Count()
    {
        long rows = 0;
        using var cursor = train.GetRowCursor([]);
        while (cursor.MoveNext()) rows++;
        return rows;
    }
}
