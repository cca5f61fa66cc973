namespace Fer.Pipeline.Reports;

/// <summary>The metrics of one epoch; NaN where one was not measured.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainAccuracy">Training accuracy, 0 … 1.</param>
/// <param name="ValidationAccuracy">Validation accuracy, 0 … 1.</param>
/// <param name="TrainLoss">Mean training loss, in nats.</param>
/// <param name="ValidationLoss">Mean validation loss, in nats.</param>
public sealed record EpochFigures(int Epoch, double TrainAccuracy, double ValidationAccuracy, double TrainLoss, double ValidationLoss);
