using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>The engine of this project, on the processor's cores.</summary>
internal sealed class ManagedDevice : ITrainingDevice
{
    private readonly WorkerPool _pool;
    private readonly WorkerPool? _few;

    /// <param name="threads">Threads; 0 is one a processor.</param>
    /// <param name="winograd">True where 3x3 convolutions may take Winograd's minimal filtering.</param>
    internal ManagedDevice(int threads, bool winograd)
    {
        _pool = new WorkerPool(threads) { AllowsWinograd = winograd };
        // Training sums its gradients by the threads that were asked for; scores are the same for fewer, and sooner.
        _few = _pool.Threads > Environment.ProcessorCount ? WorkerPool.ForInference(_pool.Threads, winograd) : null;
    }

    public string Description =>
        FormattableString.Invariant($"{_pool.Threads} thread{(_pool.Threads == 1 ? "" : "s")} ({_pool.InstructionSet})");

    public string Dtype => "fp32";

    public IDeviceNetwork Load(Network network, int batchSize, ImageClassificationTrainer.Options options) =>
        new ManagedNetwork(network, batchSize, options, _pool, _few ?? _pool);

    public void Dispose()
    {
        _few?.Dispose();
        _pool.Dispose();
    }
}
