using System.Diagnostics;
using Fer.Pipeline;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Bench;

/// <summary>Times training steps of a reference network on a device, as <see cref="EngineBenchmark"/> times the managed engine's.</summary>
internal static class DeviceBenchmark
{
    private const int LeastWarmUp = 2;

    /// <summary>Times a reference network, untrained: from a batch in the host's memory to the stepped weights.</summary>
    /// <param name="net">Its name.</param>
    /// <param name="batch">Images a batch.</param>
    /// <param name="iterations">Timed iterations.</param>
    /// <param name="warmUp">What goes by before them.</param>
    /// <param name="options">The device.</param>
    /// <param name="cancellationToken">Looked at before each iteration.</param>
    internal static EngineFigure Run(
        string net, int batch, int iterations, TimeSpan warmUp, ImageClassificationTrainer.Options options,
        CancellationToken cancellationToken)
    {
        var network = ReferenceNetworks.Create(net);
        network.Initialize(1);
        using var device = TrainingDevices.Open(options);
        using var learner = device.Load(network, batch, options with { LabelSmoothing = 0 });
        var optimizer = new Sgd(momentum: 0.9f, nesterov: false);
        learner.Take(optimizer, null);
        learner.Resize(network.Input.Height);
        int classes = network.Output.Length;
        var random = new RandomStream(1);
        var images = new FaceBatch(batch, network.Input.Length, classes) { Count = batch };
        foreach (ref float value in images.Pixels) value = (float)random.NextGaussian();
        for (int i = 0; i < batch; i++) images.Target(i)[random.NextInt32(classes)] = 1;
        var seconds = new List<double>();
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; seconds.Count < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isWarm = seconds.Count > 0 || (i >= LeastWarmUp && Stopwatch.GetElapsedTime(began) >= warmUp);
            long start = Stopwatch.GetTimestamp();
            learner.Learn(images, optimizer, null, 0.01f, i);
            if (isWarm) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return new EngineFigure(net, EngineBenchmark.Train, device.Dtype, batch / EngineBenchmark.Median(seconds));
    }
}
