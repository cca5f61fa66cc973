using Fer.Pipeline;

namespace Fer.Tests.Evaluation;

/// <summary>Seeded softmax rows whose true class is somewhat more probable than the rest.</summary>
internal sealed record RandomPredictions(int Classes, float[] Logits, float[] Probabilities, int[] Labels)
{
    internal string[] Names => [.. Enumerable.Range(0, Classes).Select(k => $"class {k}")];

    internal static RandomPredictions Make(int seed, int rows, int classes, double sharpness = 1)
    {
        var random = new RandomStream(seed, rows, classes);
        float[] logits = new float[rows * classes], probabilities = new float[rows * classes];
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++)
        {
            labels[i] = random.NextInt32(classes);
            var row = logits.AsSpan(i * classes, classes);
            for (int k = 0; k < classes; k++) row[k] = (float)(sharpness * (random.NextGaussian() + (k == labels[i] ? 1 : 0)));
            float greatest = float.NegativeInfinity;
            double sum = 0;
            foreach (float z in row) greatest = MathF.Max(greatest, z);
            foreach (float z in row) sum += Math.Exp(z - greatest);
            for (int k = 0; k < classes; k++) probabilities[i * classes + k] = (float)(Math.Exp(row[k] - greatest) / sum);
        }
        return new(classes, logits, probabilities, labels);
    }
}
