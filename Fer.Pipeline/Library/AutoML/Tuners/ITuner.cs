namespace Fer.Pipeline.AutoML;

/// <summary>
/// Chooses the settings of the next trial from the results of those before. What it proposes follows from its seed and those results alone:
/// a stopped experiment goes on by telling a new tuner what the old one was told.
/// </summary>
public interface ITuner
{
    /// <summary>
    /// The options of the trial <see cref="TrialSettings.TrialId"/>; the other members of <paramref name="settings"/> are set, its
    /// parameter is the space's default.
    /// </summary>
    Parameter Propose(TrialSettings settings);

    /// <summary>Takes note of a finished trial. Failed ones are not reported.</summary>
    void Update(TrialResult result);

    /// <summary>Share of a full trial's epochs that the setting proposed last is to get, above 0 and at most 1.</summary>
    double Fidelity => 1;

    /// <summary>True where there is nothing left to propose.</summary>
    bool IsExhausted => false;
}
