using Fer.Pipeline.AutoML;
using Fer.Pipeline.Runs;
using Fer.Tests.AutoML;

namespace Fer.Tests.Runs;

public class TrialReportCollectorTests
{
    private static TrialSettings Settings(int id) =>
        new() { TrialId = id, Parameter = new SearchSpace<ScriptedOptions>().Default, Seed = 1 };

    private static TrialProgress Epoch(int trial, double accuracy) =>
        new(trial, 1, 2, 1, accuracy, 1, accuracy, 100 * trial, IsEpochEnd: true);

    [Fact]
    public void Epochs_of_a_trial_that_was_left_behind_are_not_those_of_the_next()
    {
        var collector = new TrialReportCollector();
        collector.ReportRunningTrial(Settings(1));
        collector.ReportProgress(Epoch(1, 0.1));
        collector.ReportFailTrial(Settings(1), new TimeoutException("overdue"));
        collector.ReportRunningTrial(Settings(2));
        collector.ReportProgress(Epoch(1, 0.2));
        collector.ReportProgress(Epoch(2, 0.3));
        collector.ReportProgress(Epoch(1, 0.4));
        collector.ReportCompletedTrial(new TrialResult { TrialSettings = Settings(2), Metric = 0.3 });
        Assert.Equal([[0.1], [0.3]], collector.Trials.Select(t => t.Epochs.Select(e => e.ValidationAccuracy)));
        Assert.Equal([100, 200], collector.Trials.Select(t => t.ImagesPerSecond));
    }

    [Fact]
    public void A_trial_known_from_before_a_stop_has_its_curve_again()
    {
        var collector = new TrialReportCollector();
        var result = new TrialResult { TrialSettings = Settings(3), Metric = 0.5 };
        collector.ReportRestoredTrial(new RestoredTrial(result.TrialSettings, result, null, [Epoch(3, 0.4), Epoch(3, 0.5)]));
        Assert.Equal([0.4, 0.5], Assert.Single(collector.Trials).Epochs.Select(e => e.ValidationAccuracy));
    }
}
