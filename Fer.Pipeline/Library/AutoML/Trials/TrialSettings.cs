namespace Fer.Pipeline.AutoML;

/// <summary>What a trial runner is to do.</summary>
public sealed record TrialSettings
{
    /// <summary>Number of the trial in its experiment, from 0.</summary>
    public required int TrialId { get; init; }

    /// <summary>The options to train with.</summary>
    public required Parameter Parameter { get; init; }

    /// <summary>Seed of everything random in the trial; the same for all trials, so that options alone make the difference.</summary>
    public required long Seed { get; init; }

    /// <summary>Whether settings are compared or the winner is trained.</summary>
    public TrialPhase Phase { get; init; }

    /// <summary>Share of a full trial's epochs that this one gets, above 0 and at most 1.</summary>
    public double Fidelity { get; init; } = 1;

    /// <summary>
    /// Time from the trial's start by which its result is due, validation included. A trial that is still running a little later is
    /// cancelled.
    /// </summary>
    public TimeSpan TimeLimit { get; init; } = Timeout.InfiniteTimeSpan;
}
