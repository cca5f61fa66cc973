using Fer.Pipeline.AutoML;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>News of a run besides its trials and epochs, which an <see cref="IMonitor"/> hears: one of these at a time.</summary>
public sealed record FaceRunProgress
{
    /// <summary>Time from now to the planned end of a run with a budget.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>How a sweep shares its time, once the machine is measured.</summary>
    public BudgetPlan? Plan { get; init; }

    /// <summary>How far the features of a frozen backbone, or a teacher's predictions, are.</summary>
    public BottleneckMetrics? Bottleneck { get; init; }

    /// <summary>What the user should know; <see cref="FaceRunResult.Warnings"/> has it in the end.</summary>
    public string? Warning { get; init; }
}
