namespace Fer.Pipeline.AutoML;

/// <summary>Chooses the settings of the next trial from the results of those before.</summary>
public interface ITuner
{
    /// <summary>The options of the trial <see cref="TrialSettings.TrialId"/>; the other members of <paramref name="settings"/> are set, its parameter is the space's default.</summary>
    Parameter Propose(TrialSettings settings);

    /// <summary>Takes note of a finished trial. Failed ones are not reported.</summary>
    void Update(TrialResult result);
}
