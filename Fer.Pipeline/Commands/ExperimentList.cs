using System.Globalization;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>The experiments of a folder, as <c>experiment --list</c> shows them.</summary>
internal static class ExperimentList
{
    internal static int Write(string parent, CommandHost host)
    {
        var table = new PlainTable("name", "state", "trials", "best", "time", "budget");
        bool any = false;
        if (Directory.Exists(parent))
        {
            foreach (string folder in Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal))
            {
                ExperimentState? state;
                try
                {
                    state = ExperimentStore.Read(Path.Combine(folder, ExperimentStore.FileName));
                }
                catch (FerException e)
                {
                    // One damaged file does not hide the others.
                    host.Error.WriteLine(e.Message);
                    continue;
                }
                if (state is null) continue;
                any = true;
                table.Add(Row(folder, state));
            }
        }
        if (any) table.Write(host.Output);
        else host.Output.WriteLine($"No experiments in {host.Shorten(parent)}.");
        return ExitCode.Done;
    }

    private static string[] Row(string folder, ExperimentState state)
    {
        var metrics = state.Trials.Where(t => t is { State: TrialState.Completed, Phase: not TrialPhase.Baseline, Metric: not null })
            .Select(t => t.Metric!.Value).ToArray();
        // Only a process that lives holds the lock.
        bool isKilled = state.Status == ExperimentStatus.Running && !RunLock.IsHeld(folder);
        string status = isKilled ? "killed" : state.Status.ToString().ToLowerInvariant();
        return
        [
            Path.GetFileName(folder), status, state.Trials.Count.ToString(CultureInfo.InvariantCulture),
            metrics.Length > 0 ? TrialText.Figure(metrics.Max()) : "-", TrialText.Duration(TimeSpan.FromSeconds(state.ElapsedSeconds)),
            state.Plan is { } plan ? TrialText.Duration(TimeSpan.FromSeconds(plan.BudgetSeconds)) : "-",
        ];
    }
}
