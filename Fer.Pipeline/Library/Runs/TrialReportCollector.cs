using Fer.Pipeline.AutoML;
using Fer.Pipeline.Reports;

namespace Fer.Pipeline.Runs;

/// <summary>Keeps what the report shows of each trial.</summary>
internal sealed class TrialReportCollector : IMonitor
{
    private readonly Lock _lock = new();
    private readonly List<TrialReport> _trials = [];
    private List<EpochFigures> _epochs = [];
    private double? _imagesPerSecond;
    private int _best = -1, _running = -1;
    private TrialResult? _bestRestored;

    /// <summary>The trials in the order they ran, the kept one marked.</summary>
    internal IReadOnlyList<TrialReport> Trials
    {
        get
        {
            lock (_lock) return [.. _trials.Select(t => t.Number == _best + 1 ? t with { State = ReportTrialState.Best } : t)];
        }
    }

    public void ReportRunningTrial(TrialSettings setting) => Start(setting.TrialId);

    public void ReportRestoredTrial(RestoredTrial trial)
    {
        Start(trial.Settings.TrialId);
        foreach (var epoch in trial.Epochs) ReportProgress(epoch);
        if (trial.Result is { } result)
        {
            ReportCompletedTrial(result);
            lock (_lock)
            {
                if (trial.Settings.Phase == TrialPhase.Baseline || !result.IsBetterThan(_bestRestored)) return;
                (_bestRestored, _best) = (result, trial.Settings.TrialId);
            }
        }
        else ReportFailTrial(trial.Settings, new FerException(trial.Error ?? "failed"));
    }

    public void ReportProgress(TrialProgress progress)
    {
        if (!progress.IsEpochEnd) return;
        lock (_lock)
        {
            // A trial that was overdue and did not stop may still be training.
            if (progress.TrialId != _running) return;
            _epochs.Add(
                new EpochFigures(_epochs.Count + 1, progress.Accuracy, progress.ValidationAccuracy, progress.Loss,
                    progress.ValidationLoss));
            if (progress.ImagesPerSecond > 0) _imagesPerSecond = progress.ImagesPerSecond;
        }
    }

    public void ReportCompletedTrial(TrialResult result) => Add(result.TrialSettings, ReportTrialState.Completed, t => t with
    {
        Score = result.Metric,
        EpochsTrained = result.Epochs > 0 ? result.Epochs : null,
        Seconds = result.Duration.TotalSeconds,
        Remark = result.TrialSettings.Phase switch
        {
            TrialPhase.Final => "final training",
            TrialPhase.Baseline => result.TrialSettings.Parameter.ToString(),
            _ => null,
        },
    });

    public void ReportBestTrial(TrialResult result)
    {
        lock (_lock) _best = result.TrialSettings.TrialId;
    }

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) => Add(
        settings, exception is OperationCanceledException ? ReportTrialState.Stopped : ReportTrialState.Failed,
        t => t with { Remark = Reason(exception) });

    /// <summary>Why a trial failed, in one line.</summary>
    internal static string Reason(Exception? exception) => exception switch
    {
        TrialSkippedException => "skipped",
        OperationCanceledException => "cancelled",
        _ => exception?.Message.ReplaceLineEndings(" ") ?? "failed",
    };

    private void Start(int trialId)
    {
        lock (_lock) (_running, _epochs, _imagesPerSecond) = (trialId, [], null);
    }

    private void Add(TrialSettings settings, ReportTrialState state, Func<TrialReport, TrialReport> complete)
    {
        lock (_lock)
        {
            _trials.Add(complete(new TrialReport
            {
                Number = settings.TrialId + 1,
                IsFinal = settings.Phase == TrialPhase.Final,
                IsBaseline = settings.Phase == TrialPhase.Baseline,
                Fidelity = settings.Fidelity,
                State = state,
                // A baseline has no options of the sweep.
                Settings = settings.Phase == TrialPhase.Baseline ? []
                    : [.. settings.Parameter.Names.Select(n => new ReportValue(n, Parameter.Text(settings.Parameter[n])))],
                Epochs = _epochs,
                ImagesPerSecond = _imagesPerSecond,
            }));
        }
    }
}
