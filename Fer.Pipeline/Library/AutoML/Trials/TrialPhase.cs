namespace Fer.Pipeline.AutoML;

/// <summary>What a trial is for.</summary>
public enum TrialPhase
{
    /// <summary>A short training that only compares settings.</summary>
    Exploration,
    /// <summary>The training of the winner with the time that is left.</summary>
    Final,
    /// <summary>Something simple to compare the sweep with, which never becomes its model.</summary>
    Baseline,
}
