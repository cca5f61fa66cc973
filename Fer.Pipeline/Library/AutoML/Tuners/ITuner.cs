namespace Fer.Pipeline.AutoML;

/// <summary>
/// Chooses the settings of the next trial from the results of the previous ones. Proposals depend only on the seed and those results: to
/// resume an experiment, a new tuner is given the same calls as the old one.
/// </summary>
public interface ITuner
{
    /// <summary>
    /// The options for the trial <see cref="TrialSettings.TrialId"/>. The other members of <paramref name="settings"/> are set; its
    /// parameter is the space's default.
    /// </summary>
    Parameter Propose(TrialSettings settings);

    /// <summary>Records a finished trial. Failed trials are not reported.</summary>
    void Update(TrialResult result);

    /// <summary>Share of a full trial's epochs for the setting proposed last, above 0 and at most 1.</summary>
    double Fidelity => 1;

    /// <summary>True if there is nothing left to propose.</summary>
    bool IsExhausted => false;
}
