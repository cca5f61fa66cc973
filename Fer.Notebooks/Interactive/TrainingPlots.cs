using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Interactive;

/// <summary>Trainings and sweeps in charts, one line each.</summary>
public static class TrainingPlots
{
    /// <summary>Accuracy and loss of training and validation, epoch by epoch.</summary>
    public static ChartRow PlotHistory(this TrainingResult result) => new(
    [
        new LineChart
        {
            Title = "Accuracy by epoch",
            Description = result.Best is { ValidationAccuracy: { } best }
                ? $"The best validation accuracy is {Numbers.Percent(best)} in epoch {result.BestEpoch}." : "Training accuracy.",
            Series = Pair(result, epoch => epoch.TrainingAccuracy, epoch => epoch.ValidationAccuracy),
            XName = "epoch",
            Format = ValueFormat.Percent,
            Best = result.BestEpoch,
        },
        new LineChart
        {
            Title = "Loss by epoch",
            Description = "Training and validation loss.",
            Series = Pair(result, epoch => epoch.TrainingLoss, epoch => epoch.ValidationLoss),
            XName = "epoch",
            Best = result.BestEpoch,
        },
    ]);

    /// <summary>The validation accuracy of several trainings in one chart, and their losses in another.</summary>
    public static ChartRow PlotHistory(this IEnumerable<KeyValuePair<string, TrainingResult>> results)
    {
        var all = results.ToArray();
        LineChart Chart(string title, ValueFormat format, Func<TrainingMetrics, double?> value) => new()
        {
            Title = title,
            Description = "A line a network: " + string.Join(", ", all.Select(one => one.Key)) + ".",
            Series = [.. all.Select(one => new LineSeries(one.Key,
                [.. one.Value.History.Select(epoch => (epoch.Epoch, value(epoch) ?? double.NaN))]))],
            XName = "epoch",
            Format = format,
        };
        return new([Chart("Validation accuracy by epoch", ValueFormat.Percent, epoch => epoch.ValidationAccuracy),
            Chart("Training loss by epoch", ValueFormat.Number, epoch => epoch.TrainingLoss)]);
    }

    /// <summary>The best validation accuracy of several trainings, with 95 % intervals, the highest first.</summary>
    /// <param name="results">Trainings by name.</param>
    /// <param name="validationCount">The number of validation faces, which the intervals depend on.</param>
    public static BarChart PlotBest(this IEnumerable<KeyValuePair<string, TrainingResult>> results, int validationCount)
    {
        var all = results.Select(one => (one.Key, Accuracy: one.Value.Best?.ValidationAccuracy ?? 0)).OrderByDescending(one => one.Accuracy)
            .ToArray();
        return new()
        {
            Title = "Best validation accuracy",
            Description = all.Length == 0 ? "No training."
                : $"{all[0].Key} leads with {Numbers.Percent(all[0].Accuracy)}; where intervals overlap widely, so few faces do not "
                    + "decide.",
            Categories = [.. all.Select(one => one.Key)],
            Series = [new("accuracy", [.. all.Select(one => one.Accuracy)])
            {
                Intervals = [.. all.Select(
                    one => ConfidenceInterval.Wilson((long)Math.Round(one.Accuracy * validationCount), validationCount))],
            }],
            Format = ValueFormat.Percent,
            CategoryName = "network",
        };
    }

    /// <summary>Best validation accuracy against training speed, with the Pareto front: what no other beats in both.</summary>
    public static ScatterChart PlotSpeed(this IEnumerable<KeyValuePair<string, TrainingResult>> results) => new()
    {
        Title = "Accuracy against speed",
        Description = "Up and to the right is better.",
        Series = [new("networks", PointShape.Circle, [.. results.Where(one => one.Value.History.Count > 0).Select(one => new ScatterPoint(
            one.Key, one.Value.History.Average(epoch => epoch.ImagesPerSecond), one.Value.Best?.ValidationAccuracy ?? double.NaN))],
            Named: true)],
        XName = "images a second in training",
        YName = "validation accuracy",
        XFormat = ValueFormat.Count,
        YFormat = ValueFormat.Percent,
        ShowFront = true,
    };

    /// <summary>The trials of a sweep: what each scored against the time it took, and the curves of the best.</summary>
    public static ChartRow PlotTrials(this FaceRunResult result) =>
        new([TrialCharts.AccuracyAgainstTime(result.Trials), TrialCharts.Curves(result.Trials)]);

    /// <summary>The settings that differ between the trials, an axis each, and the accuracy that came of them.</summary>
    public static ParallelCoordinates PlotSettings(this FaceRunResult result) => TrialCharts.Settings(result.Trials);

    /// <summary>The trials with the highest validation accuracy first.</summary>
    public static Table Leaderboard(this FaceRunResult result) => RunTables.Leaderboard(result.Trials);

    private static LineSeries[] Pair(
        TrainingResult result, Func<TrainingMetrics, double> training, Func<TrainingMetrics, double?> validation) =>
    [
        new("training", [.. result.History.Select(epoch => (epoch.Epoch, training(epoch)))]),
        new("validation", [.. result.History.Select(epoch => (epoch.Epoch, validation(epoch) ?? double.NaN))]),
    ];
}
