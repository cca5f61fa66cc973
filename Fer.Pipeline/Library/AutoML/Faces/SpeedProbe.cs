using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>Measures how fast this machine, or a device of it, trains a setting, with a few steps on random pixels.</summary>
internal static class SpeedProbe
{
    /// <summary>The first step compiles the kernels and is not timed.</summary>
    private const int WarmUp = 1;

    private const int Steps = 3;

    /// <summary>Faces trained on a second: of the fastest step, since everything else on the machine can only slow one down.</summary>
    /// <param name="options">The setting, and the device to train it on.</param>
    /// <param name="classes">Classes of the network.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">Time after which one timed step is enough.</param>
    internal static double ImagesPerSecond(ImageClassificationTrainer.Options options, int classes, TimeProvider time, TimeSpan patience)
    {
        long begin = time.GetTimestamp();
        var network = Architectures.Create(options.Arch, classes,
            new ArchitectureOptions { InputSide = options.InputSide, Width = options.Width, Dropout = options.Dropout });
        network.Initialize(options.Seed);
        using var device = TrainingDevices.Open(options);
        using var learner = device.Load(network, options.BatchSize, options);
        var optimizer = new Sgd();
        learner.Take(optimizer, null);
        learner.Resize(network.Input.Height);
        var random = new RandomStream(options.Seed);
        var batch = new FaceBatch(options.BatchSize, network.Input.Length, classes) { Count = options.BatchSize };
        foreach (ref float value in batch.Pixels) value = 255 * random.NextSingle();
        for (int i = 0; i < batch.Count; i++) batch.Target(i)[random.NextInt32(classes)] = 1;
        double best = double.MaxValue;
        for (int i = 0; i < WarmUp + Steps; i++)
        {
            long start = time.GetTimestamp();
            learner.Learn(batch, optimizer, null, 0.001f, i);
            if (i < WarmUp) continue;
            best = Math.Min(best, time.GetElapsedTime(start).TotalSeconds);
            if (time.GetElapsedTime(begin) > patience) break;
        }
        return options.BatchSize / Math.Max(best, 1e-6);
    }
}
