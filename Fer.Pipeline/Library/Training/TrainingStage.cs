using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>What trains at one input size: the batches and the buffers of the passes.</summary>
internal sealed class TrainingStage : IDisposable
{
    internal TrainingStage(Network network, FaceSet faces, int batchSize, BatchLoaderOptions loader, WorkerPool pool)
    {
        Side = loader.Side;
        Executor = new NetworkExecutor(network.AtInput(network.Input with { Height = Side, Width = Side }), batchSize, training: true, pool);
        Loader = new BatchLoader(faces, loader);
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
