using Fer.Pipeline.Networks;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Training;

/// <summary>How much memory a training takes, without taking it.</summary>
internal static class TrainingMemory
{
    /// <summary>Bytes of the weights with all that is kept for them, of the passes' buffers, and of the batches made ahead.</summary>
    internal static long Estimate(ImageClassificationTrainer.Options options, int classes)
    {
        var network = Architectures.Create(options.Arch, classes, new ArchitectureOptions { InputSide = options.InputSide, Width = options.Width, Dropout = options.Dropout });
        using var pool = new WorkerPool(options.Threads) { AllowsWinograd = options.Winograd };
        long values = network.Parameters.Sum(p => (long)p.Length), trainable = network.Parameters.TrainableLength;
        // Values and gradients, the optimizer's one or two arrays, the average, the best weights.
        long weights = values + trainable * (1 + (options.Optimizer == OptimizerKind.Sgd ? 1 : 2)) + (options.ExponentialMovingAverage > 0 ? values : 0) + values;
        long batches = 4L * options.BatchSize * (network.Input.Length + classes);
        return sizeof(float) * (weights + batches)
            + NetworkExecutor.BytesFor(network, options.BatchSize, training: true, pool) + NetworkExecutor.BytesFor(network, options.BatchSize, training: false, pool);
    }
}
