namespace Fer.Pipeline.Models;

/// <summary>
/// What a served model does with its logits z before the softmax: z / T + b, bias-corrected temperature scaling (Alexandari et al.,
/// arXiv 1901.06852). The temperature says how sure the answers are; the biases, a class each, mend what a network says too often or too
/// seldom where training and labels do not agree on how frequent a class is.
/// </summary>
internal sealed record LogitCalibration
{
    /// <summary>
    /// Biases are held to within about half of each other unless the rows say otherwise: the precision of a normal prior.
    /// </summary>
    private const double Precision = 4;

    /// <summary>Creates a calibration.</summary>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="biases">b, one a class.</param>
    /// <exception cref="ArgumentException">There are no biases.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite as a single, nor is its reciprocal; or a
    /// bias is not finite.</exception>
    public LogitCalibration(double temperature, IReadOnlyList<double> biases)
    {
        if (biases.Count == 0)
            throw new ArgumentException("A calibration has a bias for each class; 0 leaves a class alone.", nameof(biases));
        float divisor = (float)temperature;
        if (!(divisor > 0 && float.IsFinite(divisor) && float.IsFinite(1 / divisor)))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature is a positive number.");
        foreach (double bias in biases)
            if (!float.IsFinite((float)bias)) throw new ArgumentOutOfRangeException(nameof(biases), bias, "A bias is a finite number.");
        Temperature = temperature;
        Biases = [.. biases];
    }

    /// <summary>What logits are divided by.</summary>
    public double Temperature { get; }

    /// <summary>What is added to the divided logits, one a class.</summary>
    public IReadOnlyList<double> Biases { get; }

    /// <summary>True where a bias is not 0.</summary>
    public bool HasBiases => Biases.Any(b => b != 0);

    /// <summary>Leaves logits as they are.</summary>
    public static LogitCalibration None(int classes) => OfTemperature(1, classes);

    /// <summary>A temperature alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite as a single, nor is its
    /// reciprocal.</exception>
    public static LogitCalibration OfTemperature(double temperature, int classes) => new(temperature, new double[classes]);

    /// <summary>
    /// Fits the calibration on held-out logits: the temperature of <see cref="TemperatureScaling.Fit"/>, and where they get more rows
    /// right, biases with a temperature of their own. Those minimise the log loss plus a small square penalty, which keeps classes of few
    /// rows from being pushed far. No rows give <see cref="None"/>.
    /// </summary>
    /// <param name="logits">[count, classes], row-major.</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    /// <exception cref="FerException">A logit is not finite, or a label is not a class.</exception>
    public static LogitCalibration Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classes)
    {
        var plain = OfTemperature(TemperatureScaling.Fit(logits, labels, classes), classes);
        var biased = FitBiases(logits, labels, plain);
        return biased.Right(logits, labels) > plain.Right(logits, labels) ? biased : plain;
    }

    /// <summary>Calibrated probabilities [count, classes] of logits [count, classes].</summary>
    /// <exception cref="ArgumentException">The logits are not whole rows.</exception>
    public float[] Probabilities(ReadOnlySpan<float> logits)
    {
        int classes = Biases.Count;
        if (logits.Length % classes != 0) throw new ArgumentException("Whole rows are needed.", nameof(logits));
        var probabilities = new float[logits.Length];
        var row = new double[classes];
        for (int start = 0; start < logits.Length; start += classes)
        {
            Softmax(logits.Slice(start, classes), 1 / Temperature, Biases, row);
            for (int c = 0; c < classes; c++) probabilities[start + c] = (float)row[c];
        }
        return probabilities;
    }

    /// <summary>
    /// Coordinate descent with Newton's step: the loss is convex in 1/T and the biases together. A step that would raise it is halved until
    /// it does not, so that the result is never worse than where it began.
    /// </summary>
    private static LogitCalibration FitBiases(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, LogitCalibration start)
    {
        const int sweeps = 100, halvings = 20;
        int classes = start.Biases.Count;
        double[] values = [1 / start.Temperature, .. start.Biases];
        double loss = Loss(logits, labels, values, 0).Value;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            double before = loss;
            for (int i = 0; i <= classes; i++)
            {
                var (_, slope, curvature) = Loss(logits, labels, values, i);
                if (!(curvature > 0)) continue;
                double old = values[i], step = slope / curvature;
                for (int half = 0; half < halvings; half++, step /= 2)
                {
                    values[i] = i == 0 ? Math.Clamp(old - step, 1 / TemperatureScaling.Maximum, 1 / TemperatureScaling.Minimum)
                        : old - step;
                    double tried = Loss(logits, labels, values, i).Value;
                    if (tried <= loss)
                    {
                        loss = tried;
                        break;
                    }
                    values[i] = old;
                }
            }
            if (before - loss <= 1e-9 * before) break;
        }
        return new LogitCalibration(1 / values[0], values[1..]);
    }

    /// <summary>
    /// The summed log loss and penalty with its first and second derivative by one value: 1/T is number 0, then come the biases.
    /// </summary>
    internal static (double Value, double Slope, double Curvature) Loss(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, double[] values, int by)
    {
        double beta = values[0], value = 0, slope = 0, curvature = 0;
        double[] biases = values[1..], probabilities = new double[biases.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            var row = logits.Slice(i * biases.Length, biases.Length);
            value += Softmax(row, beta, biases, probabilities) - beta * row[labels[i]] - biases[labels[i]];
            // The derivative of a class's calibrated logit is its logit, or 1 for its own bias and 0 for another's. Logits count from the
            // greatest, so that what they have in common does not drown what they differ by.
            double greatest = row[ClassProbabilities.Best(row)], mean = 0, square = 0;
            for (int c = 0; c < biases.Length; c++)
            {
                double derivative = by == 0 ? row[c] - greatest : c == by - 1 ? 1 : 0;
                mean += probabilities[c] * derivative;
                square += probabilities[c] * derivative * derivative;
            }
            slope += mean - (by == 0 ? row[labels[i]] - greatest : labels[i] == by - 1 ? 1 : 0);
            curvature += square - mean * mean;
        }
        foreach (double bias in biases) value += 0.5 * Precision * bias * bias;
        return by == 0 ? (value, slope, curvature) : (value, slope + Precision * values[by], curvature + Precision);
    }

    /// <summary>Writes the probabilities of a row and gives the logarithm of what divides them.</summary>
    private static double Softmax(ReadOnlySpan<float> logits, double beta, IReadOnlyList<double> biases, Span<double> probabilities)
    {
        double greatest = double.NegativeInfinity, sum = 0;
        for (int c = 0; c < logits.Length; c++) greatest = Math.Max(greatest, probabilities[c] = beta * logits[c] + biases[c]);
        for (int c = 0; c < logits.Length; c++) sum += probabilities[c] = Math.Exp(probabilities[c] - greatest);
        for (int c = 0; c < logits.Length; c++) probabilities[c] /= sum;
        return greatest + Math.Log(sum);
    }

    private int Right(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels)
    {
        float[] probabilities = Probabilities(logits);
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
            if (ClassProbabilities.Best(probabilities.AsSpan(i * Biases.Count, Biases.Count)) == labels[i]) right++;
        return right;
    }
}
