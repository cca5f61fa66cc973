using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>What the experiment tried: accuracy against time, the best trials' curves, and a table of all trials.</summary>
internal static class TrialsSection
{
    private const int MostSettings = 5;

    internal static void Write(ReportSection section, IReadOnlyList<TrialReport> trials)
    {
        if (trials.Count == 0) return;
        int Of(ReportTrialState state) => trials.Count(trial => trial.State == state);
        section.Paragraph($"{NumberText.Count(trials.Count, "trial")} in {NumberText.Duration(trials.Sum(trial => trial.Seconds))}: "
            + $"{NumberText.Count(Of(ReportTrialState.Completed) + Of(ReportTrialState.Best))} completed, "
            + $"{NumberText.Count(Of(ReportTrialState.Stopped))} stopped early, "
            + $"{NumberText.Count(Of(ReportTrialState.Failed))} failed."
            + Baselines(trials));
        section.Figures(TrialCharts.AccuracyAgainstTime(trials), TrialCharts.AccuracyAgainstSpeed(trials), TrialCharts.Curves(trials),
            TrialCharts.Settings(trials), TrialCharts.Importance(trials));

        // A setting that never changes would only widen the table.
        var swept = trials.Where(trial => !trial.IsBaseline).ToArray();
        var names = trials.SelectMany(trial => trial.Settings).Select(setting => setting.Name).Distinct().ToArray();
        var varying = TrialCharts.Varying(trials);
        var same = names.Except(varying).ToArray();
        if (same.Length > 0 && swept.Length > 1)
            section.Paragraph(
                "The same in all trials: " + string.Join(", ", same.Select(name => $"{name} {Setting(swept[0], name)}")) + ".", "soft");
        // Of one trial alone the settings stand in the section on training.
        if (swept.Length == 1) varying = [];
        // More columns fit neither a screen nor paper.
        bool joined = varying.Count > MostSettings;
        bool remarks = trials.Any(trial => !string.IsNullOrEmpty(trial.Remark));
        // What went wrong stands before the settings, where no screen and no paper cuts it off.
        TableColumn[] columns = [new("trial"), new("state", Numeric: false), new("score"), new("epochs"), new("time"),
            .. remarks ? [new TableColumn("remark", Numeric: false, Wraps: true)] : Array.Empty<TableColumn>(),
            .. joined ? [new TableColumn("settings", Numeric: false, Wraps: true)]
                : varying.Select(name => new TableColumn(name, Numeric: false))];
        var rows = trials.Select(
            trial => (IReadOnlyList<string>)[Number(trial), State(trial), NumberText.Percent(trial.Score ?? double.NaN),
            Epochs(trial), NumberText.Duration(trial.Seconds), .. remarks ? [trial.Remark ?? ""] : Array.Empty<string>(),
            .. joined ? [Joined(trial, varying)] : varying.Select(name => Setting(trial, name))]);
        section.Table("All trials, in the order they ran", new(columns, [.. rows]),
            best: trials.ToList().FindIndex(trial => trial.State == ReportTrialState.Best),
            data: i => [("data-trial", trials[i].Number), ("data-training", Curve(trials[i], epoch => epoch.TrainAccuracy)),
                ("data-validation", Curve(trials[i], epoch => epoch.ValidationAccuracy))]);
    }

    private static string Joined(TrialReport trial, IEnumerable<string> names) =>
        string.Join(", ", names.Where(name => Setting(trial, name) != NumberText.None).Select(name => $"{name} {Setting(trial, name)}"));

    /// <summary>Parts of epochs as such: the last of a trial may be cut off by its time.</summary>
    private static string Epochs(TrialReport trial) =>
        (trial.EpochsTrained ?? trial.Epochs.Count).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A figure of each epoch, for the script.</summary>
    private static string Curve(TrialReport trial, Func<EpochFigures, double> figure) => string.Join(' ', trial.Epochs.Select(
        epoch => figure(epoch) is var value && double.IsFinite(value) ? value.ToString("0.####", CultureInfo.InvariantCulture) : "NaN"));

    internal static string Number(TrialReport trial) => trial.Number.ToString(CultureInfo.InvariantCulture);

    internal static string Setting(TrialReport trial, string name) =>
        trial.Settings.FirstOrDefault(setting => setting.Name == name)?.Value ?? NumberText.None;

    /// <summary>What the best baseline reaches.</summary>
    private static string Baselines(IReadOnlyList<TrialReport> trials) =>
        trials.Where(trial => trial is { IsBaseline: true, Score: not null }).MaxBy(trial => trial.Score) is { } best
        ? $" ML.NET's own trainers on a frozen backbone's features, the baselines, reach {NumberText.Percent(best.Score!.Value)} at best."
        : "";

    private static string State(TrialReport trial) => trial.State switch
    {
        ReportTrialState.Best => "★ best",
        ReportTrialState.Stopped => "stopped early",
        ReportTrialState.Failed => "failed",
        _ => trial.IsBaseline ? "baseline" : "completed",
    };
}
