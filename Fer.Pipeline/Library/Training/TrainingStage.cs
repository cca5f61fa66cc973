using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>What trains at one input size: the batches and the buffers of the passes.</summary>
internal sealed class TrainingStage : IDisposable
{
    internal TrainingStage(Network network, TrainingInput input, int batchSize, BatchLoaderOptions loader, WorkerPool pool)
    {
        Side = loader.Side;
        var sized = network.AtInput(network.Input with { Height = Side, Width = Side });
        Executor = new NetworkExecutor(sized, batchSize, training: true, pool);
        Loader = input.Load(loader);
    }

    /// <summary>Width and height of the input in pixels.</summary>
    internal int Side { get; }

    internal NetworkExecutor Executor { get; }

    internal BatchLoader Loader { get; }

    public void Dispose()
    {
        Loader.Dispose();
        Executor.Dispose();
    }
}
