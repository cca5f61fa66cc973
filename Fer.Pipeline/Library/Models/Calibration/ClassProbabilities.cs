using System.Globalization;
namespace Fer.Pipeline.Models;

/// <summary>Checks the probabilities that a network gave, so that a diverged network is named and not averaged away.</summary>
internal static class ClassProbabilities
{
    // Softmax in float32 misses 1 by about 1e-7 a class; anything near this bound is not a distribution.
    private const double SumTolerance = 1e-3;

    /// <summary>Checks that probabilities [count, classes], labels and class names belong together and that labels are classes.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="FerException">A label is not a class.</exception>
    internal static void CheckShape(int values, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (values != (long)labels.Length * classes)
            throw new ArgumentException(
                $"{labels.Length} rows of {classes} classes need {(long)labels.Length * classes} values, but {values} were given.");
        for (int i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classes)
                throw new FerException($"Row {i}: the label {labels[i]} is not one of the {classes} classes 0 … {classes - 1}. Evaluate " +
                    "with the label scheme that the model was trained on.");
    }

    /// <summary>The place of the highest probability, the first of equals: the prediction.</summary>
    internal static int Best(ReadOnlySpan<float> row)
    {
        int best = 0;
        for (int k = 1; k < row.Length; k++)
            if (row[k] > row[best]) best = k;
        return best;
    }

    /// <summary>The sum of one row, by which its values are divided.</summary>
    /// <exception cref="FerException">A value is not a number, infinite or negative, or the row does not sum to 1.</exception>
    internal static double CheckedSum(ReadOnlySpan<float> row, int index, IReadOnlyList<string> classNames)
    {
        double sum = 0;
        for (int k = 0; k < row.Length; k++)
        {
            // Written so that NaN fails too.
            if (!(row[k] >= 0) || float.IsPositiveInfinity(row[k]))
                throw new FerException(
                    string.Create(CultureInfo.InvariantCulture,
                        $"Row {index}: the probability of '{classNames[k]}' is {row[k]}, which is no probability. " +
                        $"The network has diverged or its file is damaged; train with a lower learning rate or gradient clipping, " +
                        $"or save the model anew."));
            sum += row[k];
        }
        if (Math.Abs(sum - 1) > SumTolerance)
            throw new FerException(string.Create(CultureInfo.InvariantCulture,
                $"Row {index}: the probabilities sum to {sum:0.#####}, not 1. Give the network's softmax output, not its logits."));
        return sum;
    }
}
