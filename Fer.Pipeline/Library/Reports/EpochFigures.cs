namespace Fer.Pipeline.Reports;

/// <summary>What was measured after one epoch. NaN stands for what was not measured.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="TrainAccuracy">Share of training rows predicted right, 0 … 1.</param>
/// <param name="ValidationAccuracy">Share of validation rows predicted right, 0 … 1.</param>
/// <param name="TrainLoss">Mean training loss, in nats.</param>
/// <param name="ValidationLoss">Mean validation loss, in nats.</param>
public sealed record EpochFigures(int Epoch, double TrainAccuracy, double ValidationAccuracy, double TrainLoss, double ValidationLoss);
