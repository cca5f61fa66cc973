namespace Fer.Pipeline.Evaluation;

/// <summary>
/// Confidence against accuracy in equal-width bins (Guo et al., On Calibration of Modern Neural Networks, arXiv 1706.04599, section 2).
/// </summary>
internal sealed class CalibrationBins(int bins)
{
    private readonly int[] _counts = new int[bins];
    private readonly int[] _correct = new int[bins];
    private readonly double[] _confidence = new double[bins];

    internal void Add(double confidence, bool correct)
    {
        // Bins are open below and closed above, so a confidence of 1 belongs to the last.
        int bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
        _counts[bin]++;
        _confidence[bin] += confidence;
        if (correct) _correct[bin]++;
    }

    internal IReadOnlyList<ReliabilityBin> ToBins() =>
        [.. Enumerable.Range(0, bins).Select(i => new ReliabilityBin((double)i / bins, (double)(i + 1) / bins, _counts[i],
            _counts[i] == 0 ? 0 : _confidence[i] / _counts[i], _counts[i] == 0 ? 0 : (double)_correct[i] / _counts[i]))];

    /// <summary>
    /// The mean difference between accuracy and confidence over the bins, weighted by their rows (equation 3); 0 without rows.
    /// </summary>
    internal double ExpectedCalibrationError()
    {
        double distance = 0;
        for (int i = 0; i < bins; i++) distance += Math.Abs(_correct[i] - _confidence[i]);
        int rows = _counts.Sum();
        return rows == 0 ? 0 : distance / rows;
    }
}
