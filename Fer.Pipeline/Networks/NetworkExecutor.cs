using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Runs a network on batches of up to a fixed size. All buffers are planned and taken when it is made; a pass allocates nothing.
/// Not safe for several threads at once; several executors may share one network, as long as only one trains it.
/// </summary>
public sealed class NetworkExecutor : IDisposable
{
    private readonly float[] _input, _output, _gradient;

    /// <summary>Plans the buffers.</summary>
    /// <param name="network">The network to run.</param>
    /// <param name="batchSize">The most examples of a pass.</param>
    /// <param name="training">True to keep what the backward pass needs; false plans for inference alone, with far less memory.</param>
    /// <param name="pool">The threads to run on; not disposed with the executor.</param>
    public NetworkExecutor(Network network, int batchSize, bool training, WorkerPool pool)
    {
        Network = network;
        BatchSize = batchSize;
        IsTraining = training;
        Pool = pool;
        _input = new float[batchSize * network.Input.Length];
        _output = new float[batchSize * network.Output.Length];
        _gradient = new float[batchSize * network.Output.Length];
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The most examples of a pass.</summary>
    public int BatchSize { get; }

    /// <summary>True where <see cref="Backward"/> can run.</summary>
    public bool IsTraining { get; }

    /// <summary>The threads it runs on.</summary>
    public WorkerPool Pool { get; }

    /// <summary>[batch, height, width, channels]: fill it before <see cref="Forward"/>. For one channel that is [batch, 1, height, width] as well.</summary>
    public Span<float> Input => _input;

    /// <summary>[batch, classes] after <see cref="Forward"/>: logits in training, or whatever the last node gives.</summary>
    public ReadOnlySpan<float> Output => _output;

    /// <summary>[batch, classes]: fill it with the loss's gradient before <see cref="Backward"/>.</summary>
    public Span<float> OutputGradient => _gradient;

    /// <summary>Bytes of all planned buffers.</summary>
    public long PlannedBytes { get; private set; }

    /// <summary>Runs the first <paramref name="count"/> examples forward. In training, batch normalisation uses the batch's statistics and dropout draws from <paramref name="seed"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not 1 … <see cref="BatchSize"/>.</exception>
    public void Forward(int count, long seed = 0) => throw new NotSupportedException();

    /// <summary>Runs the gradient back through the examples of the last <see cref="Forward"/>; overwrites the network's parameter gradients.</summary>
    /// <exception cref="InvalidOperationException">The executor was planned for inference.</exception>
    public void Backward() => throw new NotSupportedException();

    /// <summary>Frees the buffers.</summary>
    public void Dispose() { }
}
