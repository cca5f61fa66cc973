using System.Globalization;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>How a run ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs, or all that the time allowed.</summary>
    Completed,
    /// <summary>Early stopping saw no more progress.</summary>
    StoppedEarly,
    /// <summary>It was cancelled; the best weights so far are in the network.</summary>
    Cancelled,
    /// <summary>The loss or the gradient was no longer finite; the best weights so far are in the network, if there were any.</summary>
    Diverged,
}

/// <summary>A finished run.</summary>
/// <param name="Network">The trained network, holding the weights of the best epoch (the averaged ones where there are such).</param>
/// <param name="Outcome">How the run ended.</param>
/// <param name="History">What each epoch brought, in order.</param>
/// <param name="BestEpoch">The epoch whose weights the network holds, from 1; 0 where no epoch was finished or none did better than the
/// start.</param>
/// <param name="Steps">Optimizer steps taken.</param>
/// <param name="Elapsed">Time of the whole run.</param>
public sealed record TrainingResult(
    Network Network, TrainingOutcome Outcome, IReadOnlyList<TrainingMetrics> History, int BestEpoch, long Steps, TimeSpan Elapsed)
{
    /// <summary>
    /// Accuracy and mean loss, on the validation set, of the weights that the run began with, where the network holds those because no
    /// epoch did better; otherwise null. Only fine-tuning a network that knew all classes before can end so.
    /// </summary>
    public (double Accuracy, double Loss)? Start { get; init; }

    /// <summary>The options it was trained with, with a value wherever null stood for one that depends on what is trained.</summary>
    public ImageClassificationTrainer.Options Options { get; init; } = new();

    /// <summary>
    /// What to know before the weights are compared with others, or null: that they are not bit for bit those of a run never stopped.
    /// </summary>
    public string? Warning { get; init; }

    /// <summary>
    /// The network that the run began with, where that knew all classes and an epoch did better on the network's own view of a face;
    /// otherwise null. Averaged over several views, the other may do better.
    /// </summary>
    internal Network? StartNetwork { get; init; }

    /// <summary>The best epoch's metrics, or null where <see cref="BestEpoch"/> is 0.</summary>
    public TrainingMetrics? Best => BestEpoch == 0 ? null : History[BestEpoch - 1];

    /// <summary>For instance <c>FerNet, epoch 18 of 20: validation accuracy 0.6512, loss 0.9713; Completed after 00:09:41</c>.</summary>
    public override string ToString()
    {
        var (accuracy, loss) = Start ?? (Best?.ValidationAccuracy ?? double.NaN, Best?.ValidationLoss ?? double.NaN);
        string epoch = Start is null ? $"epoch {BestEpoch} of {History.Count}" : "the start";
        string figures = double.IsNaN(accuracy) ? "not validated"
            : string.Create(CultureInfo.InvariantCulture, $"validation accuracy {accuracy:F4}, loss {loss:F4}");
        return $"{Network.Architecture}, {epoch}: {figures}; {Outcome} after {TimeSpan.FromSeconds(Math.Round(Elapsed.TotalSeconds)):c}";
    }
}
