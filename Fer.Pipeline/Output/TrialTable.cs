using System.Globalization;
using Fer.Pipeline.AutoML;

namespace Fer.Output;

/// <summary>A trial in the live table.</summary>
internal sealed class TrialRow(TrialSettings settings, long start)
{
    internal TrialSettings Settings { get; } = settings;

    internal long Start { get; } = start;

    internal TrialResult? Result { get; set; }

    internal string? Failure { get; set; }

    internal bool IsSkipped { get; set; }
}

/// <summary>The table of trials: a line each, with the settings that differ from the default at the end.</summary>
internal static class TrialTable
{
    internal static IEnumerable<FrameLine> Lines(IReadOnlyList<TrialRow> rows, int best, TrialSettings? @default, TimeProvider time)
    {
        yield return new("    trial      accuracy    loss  epochs     time  settings", LineLook.Strong);
        foreach (var row in rows)
        {
            bool isBest = row.Settings.TrialId == best;
            string state = row.IsSkipped ? "skipped" : row.Failure is not null ? "failed" : row.Result is null ? "running"
                : TrialText.Figure(row.Result.Metric);
            string loss = row.Result is null ? "" : TrialText.Figure(row.Result.LogLoss);
            string epochs = row.Result is null ? "" : row.Result.Epochs.ToString("F1", CultureInfo.InvariantCulture);
            string duration = row.Failure is not null ? "" : TrialText.Duration(row.Result?.Duration ?? time.GetElapsedTime(row.Start));
            string phase = row.Settings.Phase switch
            {
                TrialPhase.Final => " final",
                TrialPhase.Baseline => " base",
                _ => "",
            };
            string text = $"{(isBest ? "  * " : "    ")}{row.Settings.TrialId + 1,2}{phase,-8} {state,8} {loss,7} {epochs,7} {duration,8}  "
                + TrialText.Settings(row.Settings, @default);
            yield return new(text, isBest ? LineLook.Good : row.IsSkipped ? LineLook.Faint : row.Failure is not null ? LineLook.Bad
                : LineLook.Plain);
        }
    }
}
