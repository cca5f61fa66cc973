namespace Fer.Pipeline.AutoML;

/// <summary>The tuners by name.</summary>
public enum TunerKind
{
    /// <summary>Many short trials, the best of which are continued: <see cref="SuccessiveHalvingTuner"/>.</summary>
    SuccessiveHalving,
    /// <summary>Small steps from the default that avoid needless cost: <see cref="CostFrugalTuner"/>.</summary>
    CostFrugal,
    /// <summary>Settings drawn at random: <see cref="RandomSearchTuner"/>.</summary>
    RandomSearch,
    /// <summary>Every point of a grid: <see cref="GridSearchTuner"/>.</summary>
    GridSearch,
}
