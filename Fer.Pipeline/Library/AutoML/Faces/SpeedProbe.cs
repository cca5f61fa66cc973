using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>Measures how fast this machine trains a setting, with a few steps on random pixels.</summary>
internal static class SpeedProbe
{
    /// <summary>The first step compiles the kernels and is not timed.</summary>
    private const int WarmUp = 1;

    private const int Steps = 3;

    /// <summary>Faces trained on a second: of the fastest step, since everything else on the machine can only slow one down.</summary>
    /// <param name="options">The setting.</param>
    /// <param name="classes">Classes of the network.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">Time after which one timed step is enough.</param>
    internal static double ImagesPerSecond(ImageClassificationTrainer.Options options, int classes, TimeProvider time, TimeSpan patience)
    {
        long begin = time.GetTimestamp();
        var network = Architectures.Create(options.Arch, classes,
            new ArchitectureOptions { InputSide = options.InputSide, Width = options.Width, Dropout = options.Dropout });
        network.Initialize(options.Seed);
        int batch = options.BatchSize;
        using var pool = new WorkerPool(options.Threads);
        using var executor = new NetworkExecutor(network, batch, training: true, pool);
        var random = new RandomStream(options.Seed);
        foreach (ref float value in executor.Input) value = 255 * random.NextSingle();
        var targets = new float[batch * classes];
        for (int i = 0; i < batch; i++) targets[i * classes + random.NextInt32(classes)] = 1;
        var optimizer = new Sgd();
        double best = double.MaxValue;
        for (int i = 0; i < WarmUp + Steps; i++)
        {
            long start = time.GetTimestamp();
            executor.Forward(batch, i);
            SoftmaxCrossEntropy.Loss(executor.Output, targets, batch, classes, options.LabelSmoothing, executor.OutputGradient);
            executor.Backward();
            optimizer.Step(network.Parameters, 0.001f, pool);
            if (i < WarmUp) continue;
            best = Math.Min(best, time.GetElapsedTime(start).TotalSeconds);
            if (time.GetElapsedTime(begin) > patience) break;
        }
        return batch / Math.Max(best, 1e-6);
    }
}
