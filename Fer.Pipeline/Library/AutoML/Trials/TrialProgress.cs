namespace Fer.Pipeline.AutoML;

/// <summary>How far a running trial is.</summary>
/// <param name="TrialId">The trial.</param>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Epochs">Epochs planned.</param>
/// <param name="Loss">Training loss of the epoch, of its steps so far where it has not ended.</param>
/// <param name="Accuracy">Training accuracy of the last epoch; NaN where unknown.</param>
/// <param name="ValidationLoss">Loss on the validation split; NaN where not measured.</param>
/// <param name="ValidationAccuracy">Accuracy on the validation split; NaN where not measured.</param>
/// <param name="ImagesPerSecond">Training speed of the epoch, of its steps so far where it has not ended; NaN where unknown.</param>
/// <param name="IsEpochEnd">True where an epoch has just ended and all figures are its own; false between, where the accuracies and the
/// validation loss are those of the last.</param>
public sealed record TrialProgress(
    int TrialId, double Epoch, double Epochs, double Loss, double Accuracy, double ValidationLoss, double ValidationAccuracy,
    double ImagesPerSecond,
    bool IsEpochEnd);
