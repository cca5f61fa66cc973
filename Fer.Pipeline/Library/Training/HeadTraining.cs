using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// Trains a linear head on features that do not change. They are brought to mean 0 and deviation 1 over the training set first, so that one
/// learning rate suits every backbone; the finished head takes that into its weights and reads the features as they are.
/// </summary>
internal sealed class HeadTraining(BottleneckFeatures training, BottleneckFeatures? validation, ImageClassificationTrainer.Options options)
{
    private const double FeaturesAtFullScale = 256;

    private readonly int _classes = training.Faces.ClassNames.Count;
    private readonly float[] _mean = new float[training.Length], _inverse = new float[training.Length];

    /// <summary>
    /// Trains the head and puts it, over plain features, into <paramref name="head"/>; <paramref name="network"/> is what the result names.
    /// </summary>
    internal TrainingResult Run(Linear head, Network network, CancellationToken cancellation)
    {
        Standardize();
        var builder = new NetworkBuilder("Head", new Shape(training.Length));
        var layer = builder.Input.Dropout(options.Dropout);
        var linear = new Linear(training.Length, _classes, initializer: Initializer.XavierUniform);
        builder.Add(linear, "head", layer);
        var small = builder.Build();
        small.Initialize(options.Seed);
        var result = new TrainingLoop(small, Input(training), validation is null ? null : Input(validation), options with
        {
            InputSide = small.Input.Height,
            LearningRate = options.HeadLearningRate ?? options.LearningRate,
            // It has found its direction long before most budgets are over.
            Epoch = options.Epoch ?? ImageClassificationTrainer.Options.DefaultEpochs,
        }).Run(cancellation);
        CopyTo(head, linear);
        return result with { Network = network };
    }

    private TrainingInput Input(BottleneckFeatures features) => new(features.Faces, loader =>
        new BatchLoader(features.Faces, loader, features.Length, (face, _, values) => Standardized(features.Row(face), values)));

    private void Standardize()
    {
        var sum = new double[training.Length];
        var square = new double[training.Length];
        for (int face = 0; face < training.Faces.Count; face++)
        {
            var row = training.Row(face);
            for (int i = 0; i < row.Length; i++)
            {
                sum[i] += row[i];
                square[i] += (double)row[i] * row[i];
            }
        }
        // A step moves the output by as much as there are features; past a few hundred they are made smaller to that end.
        double scale = Math.Sqrt(Math.Min(1, FeaturesAtFullScale / training.Length));
        for (int i = 0; i < sum.Length; i++)
        {
            double mean = sum[i] / training.Faces.Count, variance = Math.Max(0, square[i] / training.Faces.Count - mean * mean);
            _mean[i] = (float)mean;
            // A feature that never changes says nothing; dividing by nearly nothing would only blow up its rounding.
            _inverse[i] = variance > 1e-10 * (1 + mean * mean) ? (float)(scale / Math.Sqrt(variance)) : 0;
        }
    }

    private void Standardized(ReadOnlySpan<float> row, Span<float> target)
    {
        for (int i = 0; i < row.Length; i++) target[i] = (row[i] - _mean[i]) * _inverse[i];
    }

    /// <summary>w (x - mean) / deviation + b is (w / deviation) x + (b - sum of w mean / deviation).</summary>
    private void CopyTo(Linear head, Linear standardized)
    {
        for (int c = 0; c < _classes; c++)
        {
            double bias = standardized.Bias!.Values[c];
            for (int i = 0; i < training.Length; i++)
            {
                float weight = standardized.Weight.Values[c * training.Length + i] * _inverse[i];
                head.Weight.Values[c * training.Length + i] = weight;
                bias -= (double)weight * _mean[i];
            }
            head.Bias!.Values[c] = (float)bias;
        }
    }
}
