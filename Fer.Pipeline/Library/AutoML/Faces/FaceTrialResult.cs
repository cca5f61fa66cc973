using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// A trial on faces with the network it trained. Its <see cref="TrialResult.Model"/> is that network alone, not calibrated; the run's zip
/// holds the calibrated model.
/// </summary>
public sealed record FaceTrialResult : TrialResult
{
    /// <summary>The finished training.</summary>
    public required TrainingResult Training { get; init; }

    /// <summary>The options it was trained with.</summary>
    public required ImageClassificationTrainer.Options Options { get; init; }
}
