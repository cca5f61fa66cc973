using Fer.Pipeline.AutoML;
using Fer.Pipeline.Runs;

namespace Fer.Output;

/// <summary>Shows what a run tells besides its trials.</summary>
internal sealed class RunNotes(ITrialView view) : IProgress<FaceRunProgress>
{
    private readonly BottleneckNotes _bottleneck = new(view);

    public void Report(FaceRunProgress value)
    {
        if (value.Remaining is { } left) view.SetEnd(left);
        if (value.Plan is { } plan) view.Note(Text(plan));
        if (value.Bottleneck is { } bottleneck) _bottleneck.Report(bottleneck);
        if (value.Warning is { } warning) view.Note(warning);
    }

    private static string Text(BudgetPlan plan)
    {
        string trial = TrialText.Duration(plan.TrialTime), all = TrialText.Duration(plan.Exploration);
        if (plan.Trials > 0) return $"Plan: short trials of up to {trial} for {all}, then {Final("the best")}.";
        return $"Plan: the time is worth more in training than in comparing; {Final("the default")}.";

        string Final(string which) => plan.Finals == 1
            ? $"{which} for {TrialText.Duration(plan.Final)}"
            : $"{plan.Finals} networks of {which} for {TrialText.Duration(plan.Final / plan.Finals)} each";
    }
}
