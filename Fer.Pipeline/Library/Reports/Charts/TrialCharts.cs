using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>The charts of an experiment's trials, the same in the report and in notebooks.</summary>
public static class TrialCharts
{
    private const int MostCurves = 5;

    /// <summary>The validation accuracy of each trial against the time it took.</summary>
    public static ScatterChart AccuracyAgainstTime(IReadOnlyList<TrialReport> trials)
    {
        bool minutes = trials.Count > 0 && trials.Max(trial => trial.Seconds) >= 180;
        var best = trials.Where(trial => trial.Score is not null).MaxBy(trial => trial.Score);
        return new()
        {
            Title = "Accuracy against time",
            Description = best is null ? "No trial has a score."
                : $"The highest accuracy is {NumberText.Percent(best.Score!.Value)} of trial {TrialsSection.Number(best)} after " +
                    $"{NumberText.Duration(best.Seconds)}.",
            Series = Grouped(trials, trial => minutes ? trial.Seconds / 60 : trial.Seconds),
            XName = minutes ? "minutes of training" : "seconds of training",
            YName = "validation accuracy",
            YFormat = ValueFormat.Percent,
        };
    }

    /// <summary>The validation accuracy of each trial against its training speed, with the Pareto front.</summary>
    public static ScatterChart AccuracyAgainstSpeed(IReadOnlyList<TrialReport> trials)
    {
        var chart = new ScatterChart
        {
            Title = "Accuracy against speed: the dashed Pareto front is not beaten in both",
            Description = "No trial has a score and a measured speed.",
            Series = Grouped(trials, trial => trial.ImagesPerSecond ?? double.NaN),
            XName = "images per second in training",
            YName = "validation accuracy",
            XFormat = ValueFormat.Count,
            YFormat = ValueFormat.Percent,
            ShowFront = true,
        };
        return !chart.HasData ? chart : new ScatterChart
        {
            Title = chart.Title,
            Description = "On the front: " + string.Join("; ", chart.Front.Select(point =>
                $"{point.Name} with {NumberText.Percent(point.Y)} at {NumberText.Count(point.X)} images per second")) + ".",
            Series = chart.Series,
            XName = chart.XName,
            YName = chart.YName,
            XFormat = chart.XFormat,
            YFormat = chart.YFormat,
            ShowFront = true,
        };
    }

    /// <summary>The validation accuracy of the best trials epoch by epoch.</summary>
    public static LineChart Curves(IReadOnlyList<TrialReport> trials)
    {
        var shown = trials.Where(trial => trial.Score is not null && trial.Epochs.Any(epoch => double.IsFinite(epoch.ValidationAccuracy)))
            .OrderByDescending(trial => trial.State == ReportTrialState.Best).ThenByDescending(trial => trial.Score).ThenBy(
                trial => trial.Number).Take(MostCurves).ToArray();
        return new()
        {
            Title = shown.Length < trials.Count ? $"Validation accuracy by epoch, the {NumberText.Count(shown.Length)} best trials"
                : "Validation accuracy by epoch",
            Description = string.Join("; ", shown.Select(trial => $"trial {TrialsSection.Number(trial)} scored " +
                $"{NumberText.Percent(trial.Score!.Value)} after {NumberText.Count(trial.Epochs.Count, "epoch")}")) + ".",
            Series = [
                .. shown.Select(
                    trial => new LineSeries("trial " + TrialsSection.Number(trial),
                        [.. trial.Epochs.Select(epoch => (epoch.Epoch, epoch.ValidationAccuracy))]))],
            XName = "epoch",
            Format = ValueFormat.Percent,
        };
    }

    /// <summary>The settings that differ between the trials, one axis each, and the resulting accuracy.</summary>
    public static ParallelCoordinates Settings(IReadOnlyList<TrialReport> trials)
    {
        var scored = trials.Where(trial => trial is { Score: not null, IsBaseline: false }).ToArray();
        var names = Varying(scored);
        int best = Array.FindIndex(scored, trial => trial.State == ReportTrialState.Best);
        if (best < 0 && scored.Length > 0) best = Array.IndexOf(scored, scored.MaxBy(trial => trial.Score));
        return new()
        {
            Title = "Settings against accuracy",
            Description = best < 0 ? "No trial has a score."
                : $"A line is a trial. The best, trial {TrialsSection.Number(scored[best])}, has " +
                    $"{string.Join(", ", names.Select(name => $"{name} {TrialsSection.Setting(scored[best], name)}"))}.",
            Axes = scored.Length < 2 || names.Count == 0 ? [] :
            [
                .. names.Select(
                    name => new ParallelAxis(
                        name, [.. scored.Select(trial => trial.Settings.FirstOrDefault(setting => setting.Name == name)?.Value)])),
                new ParallelAxis("accuracy", [.. scored.Select(trial => trial.Score!.Value)], ValueFormat.Percent),
            ],
            Lines = [.. scored.Select(trial => "trial " + TrialsSection.Number(trial))],
            Trials = [.. scored.Select(trial => trial.Number)],
            Best = best,
        };
    }

    /// <summary>
    /// How much of the differences in accuracy each setting alone goes along with: the share of variance between its values, less what
    /// chance would give (epsilon squared, Kelley 1935). Numbers count as low, middle and high. Empty below eight scored trials.
    /// </summary>
    internal static BarChart Importance(IReadOnlyList<TrialReport> trials)
    {
        var scored = trials.Where(trial => trial is { Score: not null, IsBaseline: false }).ToArray();
        (string Name, double Share)[] shares = scored.Length < LeastForImportance ? []
            : [.. Varying(scored).Select(name => (name, Explained(scored, name))).OrderByDescending(one => one.Item2)];
        // Of none more than chance gives: nothing to draw.
        if (shares.All(one => one.Share == 0)) shares = [];
        return new()
        {
            Title = "Importance of settings: share of the differences in accuracy that each alone goes along with",
            Description = shares.Length == 0 ? "Too few trials to tell."
                : $"Most goes along with {shares[0].Name}, {NumberText.Percent(shares[0].Share)}. Settings that were chosen together " +
                    "share what they explain.",
            Categories = [.. shares.Select(one => one.Name)],
            Series = [new("share of variance", [.. shares.Select(one => one.Share)])],
            Format = ValueFormat.Percent,
            CategoryName = "setting",
        };
    }

    private const int LeastForImportance = 8;

    private static double Explained(TrialReport[] trials, string name)
    {
        string[] texts = [.. trials.Select(trial => TrialsSection.Setting(trial, name))];
        double[] numbers = [.. texts.Select(text => double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        if (numbers.All(double.IsFinite) && numbers.Distinct().Count() > 3)
        {
            double[] sorted = [.. numbers.Order()];
            double low = sorted[sorted.Length / 3], high = sorted[2 * sorted.Length / 3];
            texts = [.. numbers.Select(number => number < low ? "low" : number < high ? "middle" : "high")];
        }
        double mean = trials.Average(trial => trial.Score!.Value), total = trials.Sum(trial => Math.Pow(trial.Score!.Value - mean, 2));
        var groups = trials.Zip(texts)
            .GroupBy(pair => pair.Second, pair => pair.First.Score!.Value).ToArray();
        if (total == 0 || groups.Length < 2 || groups.Length >= trials.Length) return 0;
        double within = groups.Sum(group => group.Sum(score => Math.Pow(score - group.Average(), 2)));
        double left = within / (trials.Length - groups.Length), all = total / (trials.Length - 1);
        return Math.Max(0, 1 - left / all);
    }

    /// <summary>The names of the settings that differ between the trials.</summary>
    internal static IReadOnlyList<string> Varying(IReadOnlyList<TrialReport> trials) =>
        [.. trials.SelectMany(trial => trial.Settings).Select(setting => setting.Name).Distinct()
            .Where(name => trials.Where(trial => !trial.IsBaseline).Select(trial => TrialsSection.Setting(trial, name)).Distinct()
                .Count() > 1)];

    private static ScatterSeries[] Grouped(IReadOnlyList<TrialReport> trials, Func<TrialReport, double> x)
    {
        ScatterSeries Of(string name, PointShape shape, ReportTrialState state, bool named = false, bool baseline = false) =>
            new(name, shape,
            [.. trials.Where(trial => trial.State == state && trial.IsBaseline == baseline).Select(trial =>
                new ScatterPoint("trial " + TrialsSection.Number(trial), x(trial), trial.Score ?? double.NaN)
                {
                    Trial = trial.Number,
                })], named);
        return
        [
            Of("completed", PointShape.Circle, ReportTrialState.Completed),
            Of("best", PointShape.Diamond, ReportTrialState.Best, named: true),
            Of("stopped early", PointShape.Hollow, ReportTrialState.Stopped),
            Of("failed", PointShape.Cross, ReportTrialState.Failed),
            Of("baseline", PointShape.Hollow, ReportTrialState.Completed, baseline: true),
        ];
    }
}
