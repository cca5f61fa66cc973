namespace Fer.Pipeline.Evaluation;

/// <summary>Where in a face the evidence for a class is.</summary>
/// <param name="Side">Cells per side; the map covers the whole face.</param>
/// <param name="Values">[side, side] row by row, 0 … 1: the maximum is 1, unless nothing in the face supports the class; then all values
/// are 0.</param>
/// <param name="Peak">What 1 stands for, in the method's own unit.</param>
public sealed record ExplanationMap(int Side, IReadOnlyList<double> Values, double Peak)
{
    /// <summary>Cells per side of all maps: 4 pixels of the face each.</summary>
    internal const int Cells = 12;

    /// <summary>Keeps what supports the class and scales it to 0 … 1.</summary>
    internal static ExplanationMap FromEvidence(double[] evidence)
    {
        double peak = Math.Max(0, evidence.Max());
        return new(Cells, [.. evidence.Select(value => peak > 0 ? Math.Max(0, value) / peak : 0)], peak);
    }
}
