using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Interactive;

/// <summary>Trainings, runs and models as tables.</summary>
internal static class RunTables
{
    internal static Table Of(TrainingResult result) => new(
        [new("epoch", Numeric: false), new("training loss"), new("training accuracy"), new("validation loss"), new("validation accuracy"),
            new("learning rate"), new("images a second")],
        [.. result.History.Select(epoch => (IReadOnlyList<string>)[epoch.Epoch + (epoch.Epoch == result.BestEpoch ? " (best)" : ""),
            Numbers.Decimals(epoch.TrainingLoss), Numbers.Percent(epoch.TrainingAccuracy),
            Numbers.Decimals(epoch.ValidationLoss ?? double.NaN), Numbers.Percent(epoch.ValidationAccuracy ?? double.NaN),
            Numbers.Decimals(epoch.LearningRate, "0.#####"), Numbers.Count(epoch.ImagesPerSecond)])]);

    internal static Table Of(FaceRunResult result)
    {
        var metrics = MetricTables.Of(result.Metrics);
        return metrics with
        {
            Rows = [.. metrics.Rows, ["networks and settings", $"{result.Training.Options?.Arch}", ""],
                ["minutes", Numbers.Decimals(result.Elapsed.TotalMinutes, "0.0"), ""]],
        };
    }

    /// <summary>The trials with the highest score first; settings that are the same in all of them are left out.</summary>
    internal static Table Leaderboard(IReadOnlyList<TrialReport> trials)
    {
        string[] names = [.. trials.SelectMany(trial => trial.Settings).GroupBy(setting => setting.Name)
            .Where(group => group.Select(setting => setting.Value).Distinct().Count() > 1).Select(group => group.Key)];
        string Setting(TrialReport trial, string name) => trial.Settings.FirstOrDefault(setting => setting.Name == name)?.Value ?? "";
        return new(
            [new("trial", Numeric: false), new("validation accuracy"), new("seconds"), new("epochs"),
                .. names.Select(name => new TableColumn(name)), new("remark", Numeric: false)],
            [.. trials.OrderByDescending(trial => trial.Score ?? -1).ThenBy(trial => trial.Number).Select(trial => (IReadOnlyList<string>)[
                $"{trial.Number}{(trial.State == ReportTrialState.Best ? " ★" : "")}", Numbers.Percent(trial.Score ?? double.NaN),
                Numbers.Decimals(trial.Seconds, "0.0"), $"{trial.Epochs.Count}", .. names.Select(name => Setting(trial, name)),
                trial.Remark ?? (trial.State is ReportTrialState.Failed or ReportTrialState.Stopped ? $"{trial.State}" : "")])]);
    }

    internal static Table Of(ModelManifest manifest) => new([new("of the model", Numeric: false), new("", Numeric: false)],
    [
        ["architecture", manifest.Architecture],
        ["classes in output order", string.Join(", ", manifest.ClassNames)],
        ["input", $"{manifest.Input.Name}, {manifest.Input.Type} [{string.Join(", ", manifest.Input.Shape)}], "
            + $"{Numbers.Cell(manifest.Input.Minimum)} to {Numbers.Cell(manifest.Input.Maximum)}"],
        ["seed", Numbers.Cell(manifest.Seed)],
        ["format", Numbers.Cell(manifest.FormatVersion)],
        .. manifest.Metrics.Where(metric => double.IsFinite(metric.Value)).Select(
            metric => (IReadOnlyList<string>)[metric.Key, Numbers.Cell(metric.Value)]),
    ]);
}
