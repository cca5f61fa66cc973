namespace Fer.Pipeline.AutoML;

/// <summary>All that an <see cref="ExperimentLoop"/> needs to know.</summary>
internal sealed record ExperimentSetup
{
    /// <summary>The options searched.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>What trains and scores.</summary>
    public required ITrialRunner Runner { get; init; }

    /// <summary>What proposes.</summary>
    public required ITuner Tuner { get; init; }

    /// <summary>What watches.</summary>
    public required IMonitor Monitor { get; init; }

    /// <summary>Short trials and a final training under one budget; null is trials alone.</summary>
    public BudgetPlan? Plan { get; init; }

    /// <summary>Time of all trials where there is no plan; null is without end.</summary>
    public TimeSpan? TrainingTime { get; init; }

    /// <summary>Most settings to compare; null is the plan's number, or no limit.</summary>
    public int? MaxModels { get; init; }

    /// <summary>What is run first to compare the sweep with.</summary>
    public IReadOnlyList<Parameter> Baselines { get; init; } = [];

    /// <summary>Time of each of them; what one leaves the next ones have.</summary>
    public TimeSpan BaselineTime { get; init; }

    /// <summary>Seed of the proposals and the trials.</summary>
    public long Seed { get; init; }

    /// <summary>Most memory of the program, in megabytes; null is no limit.</summary>
    public double? MaximumMegabytes { get; init; }

    /// <summary>Where the experiment is kept; null is nowhere.</summary>
    public ExperimentStore? Store { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
