using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>How much memory a training takes, without taking it.</summary>
internal static class TrainingMemory
{
    /// <summary>Bytes of the weights with all that is kept for them, of the passes' buffers, and of the batches made ahead.</summary>
    /// <param name="options">The training.</param>
    /// <param name="classNames">Its classes.</param>
    /// <param name="faces">Faces whose features are kept, where only a head is trained.</param>
    internal static long Estimate(ImageClassificationTrainer.Options options, IReadOnlyList<string> classNames, int faces)
    {
        int classes = classNames.Count;
        var starting = StartingNetwork.Load(options);
        var network = starting.Create(classNames);
        using var pool = new WorkerPool(options.Threads) { AllowsWinograd = options.Winograd };
        long values = network.Parameters.Sum(p => (long)p.Length), trainable = network.Parameters.TrainableLength;
        if (starting is { Backbone: { } backbone, FineTune: FineTune.None })
        {
            var cut = backbone.Tap.Cut(backbone.Network);
            return sizeof(float) * (values + (long)faces * cut.Output.Length) + NetworkExecutor.BytesFor(
                cut, InferenceBatch.For(cut, BottleneckFeatures.LargestBatch), training: false, pool);
        }
        // Values and gradients, the optimizer's one or two arrays, the average, the best weights.
        long weights = values + trainable * (1 + (options.Optimizer == OptimizerKind.Sgd ? 1 : 2)) +
            (options.ExponentialMovingAverage > 0 ? values : 0) + values;
        long batches = 4L * options.BatchSize * (network.Input.Length + classes);
        return sizeof(float) * (weights + batches)
            + NetworkExecutor.BytesFor(network, options.BatchSize, training: true, pool) + NetworkExecutor.BytesFor(
                network, options.BatchSize, training: false, pool);
    }
}
