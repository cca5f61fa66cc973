using System.Globalization;

namespace Fer.Pipeline.Evaluation;

/// <summary>
/// McNemar's test of two classifiers on the same rows (Psychometrika 12, 1947; Dietterich, Neural Computation 10, 1998): only rows on which
/// one alone is right tell them apart.
/// </summary>
/// <param name="OnlyFirst">Rows that only the first gets right.</param>
/// <param name="OnlySecond">Rows that only the second gets right.</param>
public sealed record McNemarTest(int OnlyFirst, int OnlySecond)
{
    /// <summary>The exact two-sided p-value: how often a fair coin would split the rows at least as unevenly. 1 where there are
    /// none.</summary>
    public double PValue
    {
        get
        {
            int rows = OnlyFirst + OnlySecond, fewer = Math.Min(OnlyFirst, OnlySecond);
            if (rows == 0) return 1;
            // From the largest term down: term k-1 is term k times k / (rows - k + 1).
            double log = -rows * Math.Log(2);
            for (int k = 1; k <= fewer; k++) log += Math.Log(rows - fewer + k) - Math.Log(k);
            double term = Math.Exp(log), sum = term;
            for (int k = fewer; k > 0 && term > sum * 1e-18; k--) sum += term *= (double)k / (rows - k + 1);
            return Math.Min(1, 2 * sum);
        }
    }

    /// <summary>The test statistic with Edwards' correction, (|b - c| - 1)² / (b + c), about chi-squared with one degree of freedom; 0
    /// without rows.</summary>
    public double Statistic
    {
        get
        {
            double rows = OnlyFirst + OnlySecond, gap = Math.Abs(OnlyFirst - OnlySecond) - 1;
            return rows == 0 ? 0 : gap * gap / rows;
        }
    }

    /// <summary>For instance <c>only first right 120, only second right 151, p 0.066</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"only first right {OnlyFirst}, only second right {OnlySecond}, p {PValue:G2}");
}
