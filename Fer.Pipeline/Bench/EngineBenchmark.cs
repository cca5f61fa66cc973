using System.Diagnostics;
using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Bench;

/// <summary>One figure of <see cref="EngineBenchmark"/>, under the names that PyTorch's side of the comparison writes.</summary>
internal sealed record EngineFigure(string Net, string Mode, string Dtype, double ImagesPerSecond)
{
    /// <summary>Bytes of the executor's buffers.</summary>
    internal long PlannedBytes { get; init; }

    /// <summary>Time and work of each node that runs by itself.</summary>
    internal IReadOnlyList<LayerFigure> Layers { get; init; } = [];
}

/// <summary>One layer's part in a figure: mean seconds of its passes over a batch, and multiply-accumulates of the direct method.</summary>
internal sealed record LayerFigure(string Name, string Method, string Shape, double Forward, double Backward, double MultiplyAccumulates);

/// <summary>
/// Times the reference networks on random data as PyTorch is timed on them: a training step is forward, loss, backward and SGD with
/// momentum 0.9; inference is forward alone. A figure is the median of the timed iterations; before them as many go by as the warm-up
/// takes, at least two: the runtime optimises the kernels while they run.
/// </summary>
internal static class EngineBenchmark
{
    internal const string Train = "train", Infer = "infer";

    private const int LeastWarmUp = 2;

    /// <summary>Times a reference network, untrained.</summary>
    internal static EngineFigure Run(
        string net, string mode, int batch, int iterations, TimeSpan warmUp, bool layers, WorkerPool pool,
        CancellationToken cancellationToken)
    {
        var network = ReferenceNetworks.Create(net);
        network.Initialize(1);
        return Run(network, net, mode, batch, iterations, warmUp, layers, pool, cancellationToken);
    }

    /// <summary>Times any network of one input; training needs one output of classes.</summary>
    internal static EngineFigure Run(
        Network network, string net, string mode, int batch, int iterations, TimeSpan warmUp, bool layers, WorkerPool pool,
        CancellationToken cancellationToken)
    {
        bool training = mode == Train;
        using var executor = new NetworkExecutor(network, batch, training, pool, frozen: !training);
        int classes = network.Output.Length;
        var random = new RandomStream(1);
        foreach (ref float value in executor.Input) value = (float)random.NextGaussian();
        var targets = new float[training ? batch * classes : 0];
        for (int i = 0; i < batch && training; i++) targets[i * classes + random.NextInt32(classes)] = 1;
        var optimizer = new Sgd(momentum: 0.9f, nesterov: false);
        var seconds = new List<double>();
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; seconds.Count < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isWarm = seconds.Count > 0 || (i >= LeastWarmUp && Stopwatch.GetElapsedTime(began) >= warmUp);
            if (layers && isWarm) executor.Profile ??= new (double, double)[executor.Network.Nodes.Count];
            long start = Stopwatch.GetTimestamp();
            executor.Forward(batch, i);
            if (training)
            {
                SoftmaxCrossEntropy.Loss(executor.Output, targets, batch, classes, 0, executor.OutputGradient);
                executor.Backward();
                optimizer.Step(network.Parameters, 0.01f, pool);
            }
            if (isWarm) seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return new EngineFigure(net, mode, "fp32", batch / Median(seconds))
        {
            PlannedBytes = executor.PlannedBytes,
            Layers = layers ? [.. Layers(executor, batch, iterations)] : [],
        };
    }

    private static IEnumerable<LayerFigure> Layers(NetworkExecutor executor, int batch, int iterations)
    {
        var network = executor.Network;
        foreach (var node in network.Nodes)
        {
            if (executor.MethodOf(node.Index).Length == 0) continue;
            var (forward, backward) = executor.Profile![node.Index];
            double work = (double)node.Operation.MultiplyAccumulates(network.InputShapes(node)) * batch * node.Copies;
            // Towards the weights and, but for the first layer, towards the input: each as much work as the forward pass.
            if (backward > 0) work *= node.Inputs[0] < 0 ? 2 : 3;
            yield return new LayerFigure(
                node.Name, executor.MethodOf(node.Index), node.Shape.ToString(), forward / iterations, backward / iterations, work);
        }
    }

    internal static double Median(List<double> values)
    {
        values.Sort();
        int middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
