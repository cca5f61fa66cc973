using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>What the experiment tried: accuracy against time, the best trials' curves, and a table of all.</summary>
internal static class TrialsSection
{
    private const int MostCurves = 5;

    internal static void Write(ReportSection section, IReadOnlyList<TrialReport> trials)
    {
        if (trials.Count == 0) return;
        int Of(ReportTrialState state) => trials.Count(trial => trial.State == state);
        section.Paragraph($"{Format.Count(trials.Count)} trials in {Format.Duration(trials.Sum(trial => trial.Seconds))}: "
            + $"{Format.Count(Of(ReportTrialState.Completed) + Of(ReportTrialState.Best))} ran to their end, {Format.Count(Of(ReportTrialState.Stopped))} were stopped early, {Format.Count(Of(ReportTrialState.Failed))} failed.");
        section.Figures(Scatter(trials), Curves(trials));

        // A setting that never changes would only widen the table.
        var names = trials.SelectMany(trial => trial.Settings).Select(setting => setting.Name).Distinct().ToArray();
        var varying = names.Where(name => trials.Select(trial => Setting(trial, name)).Distinct().Count() > 1).ToArray();
        var same = names.Except(varying).ToArray();
        if (same.Length > 0 && trials.Count > 1)
            section.Paragraph("The same in all trials: " + string.Join(", ", same.Select(name => $"{name} {Setting(trials[0], name)}")) + ".", "soft");
        if (trials.Count == 1) varying = names;
        bool remarks = trials.Any(trial => !string.IsNullOrEmpty(trial.Remark));
        TableColumn[] columns = [new("trial"), new("state", Numeric: false), new("score"), new("epochs"), new("time"),
            .. varying.Select(name => new TableColumn(name, Numeric: false)), .. remarks ? [new TableColumn("remark", Numeric: false, Wraps: true)] : Array.Empty<TableColumn>()];
        var rows = trials.Select(trial => (IReadOnlyList<string>)[Number(trial), State(trial.State), Format.Percent(trial.Score ?? double.NaN),
            Format.Count(trial.Epochs.Count), Format.Duration(trial.Seconds), .. varying.Select(name => Setting(trial, name)),
            .. remarks ? [trial.Remark ?? ""] : Array.Empty<string>()]);
        section.Table("All trials, in the order they ran", new(columns, [.. rows]), best: trials.ToList().FindIndex(trial => trial.State == ReportTrialState.Best));
    }

    private static ScatterChart Scatter(IReadOnlyList<TrialReport> trials)
    {
        bool minutes = trials.Max(trial => trial.Seconds) >= 180;
        ScatterSeries Of(string name, PointShape shape, ReportTrialState state, bool named = false) => new(name, shape,
            [.. trials.Where(trial => trial.State == state).Select(trial =>
                new ScatterPoint("trial " + Number(trial), minutes ? trial.Seconds / 60 : trial.Seconds, trial.Score ?? double.NaN))], named);
        var best = trials.Where(trial => trial.Score is not null).MaxBy(trial => trial.Score);
        return new()
        {
            Title = "Accuracy against time",
            Description = best is null ? "No trial has a score."
                : $"The highest accuracy is {Format.Percent(best.Score!.Value)} of trial {Number(best)} after {Format.Duration(best.Seconds)}.",
            Series =
            [
                Of("completed", PointShape.Circle, ReportTrialState.Completed),
                Of("best", PointShape.Diamond, ReportTrialState.Best, named: true),
                Of("stopped early", PointShape.Hollow, ReportTrialState.Stopped),
                Of("failed", PointShape.Cross, ReportTrialState.Failed),
            ],
            XName = minutes ? "minutes of training" : "seconds of training",
            YName = "validation accuracy",
            XFormat = ValueFormat.Number,
            YFormat = ValueFormat.Percent,
        };
    }

    private static LineChart Curves(IReadOnlyList<TrialReport> trials)
    {
        var shown = trials.Where(trial => trial.Score is not null && trial.Epochs.Any(epoch => double.IsFinite(epoch.ValidationAccuracy)))
            .OrderByDescending(trial => trial.State == ReportTrialState.Best).ThenByDescending(trial => trial.Score).ThenBy(trial => trial.Number).Take(MostCurves).ToArray();
        return new()
        {
            Title = shown.Length < trials.Count ? $"Validation accuracy by epoch, the {Format.Count(shown.Length)} best trials" : "Validation accuracy by epoch",
            Description = string.Join("; ", shown.Select(trial => $"trial {Number(trial)} scored {Format.Percent(trial.Score!.Value)} after {Format.Count(trial.Epochs.Count)} epochs")) + ".",
            Series = [.. shown.Select(trial => new LineSeries("trial " + Number(trial), [.. trial.Epochs.Select(epoch => (epoch.Epoch, epoch.ValidationAccuracy))]))],
            XName = "epoch",
            Format = ValueFormat.Percent,
        };
    }

    private static string Number(TrialReport trial) => trial.Number.ToString(CultureInfo.InvariantCulture);

    private static string Setting(TrialReport trial, string name) => trial.Settings.FirstOrDefault(setting => setting.Name == name)?.Value ?? Format.None;

    private static string State(ReportTrialState state) => state switch
    {
        ReportTrialState.Best => "★ best",
        ReportTrialState.Stopped => "stopped early",
        ReportTrialState.Failed => "failed",
        _ => "completed",
    };
}
