namespace Fer.Pipeline.Evaluation;

/// <summary>The rows whose confidence (highest probability) lies in (Lower, Upper].</summary>
/// <param name="Lower">Exclusive lower bound.</param>
/// <param name="Upper">Inclusive upper bound.</param>
/// <param name="Count">Rows in the bin.</param>
/// <param name="Confidence">Their mean confidence; 0 if the bin is empty.</param>
/// <param name="Accuracy">Their accuracy; 0 if the bin is empty.</param>
public sealed record ReliabilityBin(double Lower, double Upper, int Count, double Confidence, double Accuracy);
