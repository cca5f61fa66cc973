using System.Diagnostics;
using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Runs a network on batches of up to a fixed size. All buffers are planned and allocated by the constructor; a pass allocates nothing. Not
/// thread-safe; several executors may share one network, as long as only one of them trains it.
/// </summary>
public sealed unsafe class NetworkExecutor : IDisposable
{
    private const byte GuardByte = 0xA5;

    private readonly Kernel[] _kernels;
    private readonly bool[] _skipsForward, _skipsBackward;
    private readonly NativeBuffer _memory;
    private readonly float*[] _inputs;
    private readonly float* _outputGradient;
    private readonly long[][] _forwardGuards, _backwardGuards;
    private bool _disposed;

    /// <summary>Plans and allocates the buffers.</summary>
    /// <param name="network">The network to run.</param>
    /// <param name="batchSize">Maximum number of examples per pass.</param>
    /// <param name="training">True to keep what the backward pass needs; false plans for inference only, with far less memory.</param>
    /// <param name="pool">The threads to run on; not disposed by the executor.</param>
    /// <param name="frozen">True to use the network's current weights, for inference only: they are prepared once instead of in every pass,
    /// and later changes have no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batchSize"/> is not positive.</exception>
    /// <exception cref="ArgumentException">Both <paramref name="training"/> and <paramref name="frozen"/> are true, or
    /// <paramref name="training"/> is true for a network with several outputs.</exception>
    /// <exception cref="FerException">There is not enough memory, the batch is too large for any machine, or <paramref name="training"/> is
    /// true for a network with shared weights.</exception>
    public NetworkExecutor(Network network, int batchSize, bool training, WorkerPool pool, bool frozen = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        if (training && frozen) throw new ArgumentException("An executor that trains cannot be frozen.", nameof(frozen));
        if (training && network.SharesWeights)
            throw new FerException($"{network.Architecture} has layers that share weights; it supports inference but not training.");
        if (training && network.Outputs.Count != 1)
            throw new ArgumentException("Only a network with one output can be trained.", nameof(training));
        Network = network = frozen ? BranchStacking.Apply(network, batchSize) : network;
        BatchSize = batchSize;
        IsTraining = training;
        Pool = pool;
        _kernels = CreateKernels(network, batchSize, training, pool, frozen);
        var layout = new ExecutionPlan(network, training, batchSize, _kernels, pool.Threads);
        _memory = new NativeBuffer(layout.TotalBytes);
        byte* at = _memory.Pointer;
        _inputs = new float*[network.Inputs.Count];
        for (int i = 0; i < _inputs.Length; i++) _inputs[i] = (float*)(at + layout.Inputs[i]);
        (_forwardGuards, _backwardGuards) = (layout.ForwardGuards, layout.BackwardGuards);
        for (int i = 0; i < _kernels.Length; i++)
        {
            var (kernel, inputs) = (_kernels[i], network.Nodes[i].Inputs);
            kernel.Output = (float*)(at + layout.Values[i]);
            kernel.OutputGradient = training && layout.Gradients[i] >= 0 ? (float*)(at + layout.Gradients[i]) : null;
            kernel.Inputs = new float*[inputs.Count];
            kernel.InputGradients = new float*[inputs.Count];
            for (int k = 0; k < inputs.Count; k++)
            {
                kernel.Inputs[k] = inputs[k] < 0 ? _inputs[-1 - inputs[k]] : (float*)(at + layout.Values[inputs[k]]);
                kernel.InputGradients[k] = training && inputs[k] >= 0 && layout.Gradients[inputs[k]] >= 0
                    ? (float*)(at + layout.Gradients[inputs[k]]) : null;
            }
            kernel.Accumulate = layout.Accumulate[i];
            kernel.Saved = at + layout.Saved[i];
            kernel.SharedScratch = at + layout.SharedScratch;
            kernel.ThreadScratch = new byte*[pool.Threads];
            for (int t = 0; t < pool.Threads; t++) kernel.ThreadScratch[t] = at + layout.ThreadScratch[t];
        }
        _skipsForward = [.. layout.FusedIntoProducer];
        _skipsBackward = [.. layout.FusedIntoProducer.Select((fused, i) => fused || !layout.NeedsBackward[i])];
        foreach (var kernel in _kernels) kernel.Prepare();
        _outputGradient = _kernels[network.Outputs[0].Node].OutputGradient;
    }

    /// <summary>Bytes of all buffers that an executor would plan; nothing is allocated.</summary>
    internal static long BytesFor(Network network, int batchSize, bool training, WorkerPool pool) =>
        new ExecutionPlan(network, training, batchSize, CreateKernels(network, batchSize, training, pool, frozen: false),
            pool.Threads).TotalBytes;

    private static Kernel[] CreateKernels(Network network, int batchSize, bool training, WorkerPool pool, bool frozen)
    {
        // Spans over a batch, and shapes that take a batch for one long line, count in 32 bits.
        long longest = network.Inputs.Select(i => (long)i.Shape.Length).Concat(network.Nodes.Select(n => (long)n.Shape.Length * n.Copies))
            .Max();
        if (batchSize * longest > int.MaxValue)
        {
            throw new FerException($"{network.Architecture}: {batchSize:N0} examples are too many for one pass, which takes at most " +
                $"{int.MaxValue / longest:N0} of this network. Use a smaller batch.");
        }
        return [.. network.Nodes.Select(node =>
            CreateKernel(node, new KernelSetup(network.InputShapes(node), node.Shape, batchSize * node.Copies, training, pool,
                frozen)))];
    }

    /// <summary>The network; where it is frozen, branches of the same layers may be stacked.</summary>
    public Network Network { get; }

    /// <summary>Maximum number of examples per pass.</summary>
    public int BatchSize { get; }

    /// <summary>True if <see cref="Backward"/> can run.</summary>
    public bool IsTraining { get; }

    /// <summary>The threads it runs on.</summary>
    public WorkerPool Pool { get; }

    /// <summary>
    /// [batch, height, width, channels]: fill it before <see cref="Forward"/>. With one channel this equals [batch, 1, height, width].
    /// </summary>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    public Span<float> Input => InputOf(0);

    /// <summary>[batch, classes] after <see cref="Forward"/>: logits in training, otherwise the output of the last node.</summary>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    public ReadOnlySpan<float> Output => OutputOf(0);

    /// <summary>Same as <see cref="Input"/>, for input <paramref name="index"/> of <see cref="Network.Inputs"/>.</summary>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    public Span<float> InputOf(int index) => new(Alive(_inputs[index]), BatchSize * Network.Inputs[index].Shape.Length);

    /// <summary>
    /// [batch, height, width, channels] of output <paramref name="index"/> of <see cref="Network.Outputs"/>, after <see cref="Forward"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    public ReadOnlySpan<float> OutputOf(int index) =>
        new(Alive(_kernels[Network.Outputs[index].Node].Output), BatchSize * Network.Outputs[index].Shape.Length);

    /// <summary>[batch, classes]: fill it with the loss's gradient before <see cref="Backward"/>.</summary>
    /// <exception cref="InvalidOperationException">The executor was planned for inference, or the network has nothing to train.</exception>
    public Span<float> OutputGradient => _outputGradient != null
        ? new(Alive(_outputGradient), BatchSize * Network.Output.Length)
        : throw new InvalidOperationException(
            "There is no gradient: the executor was planned for inference, or the network has no parameters.");

    /// <summary>Bytes of all planned buffers.</summary>
    public long PlannedBytes => _memory.Bytes;

    /// <summary>If not null, the time of each node in seconds is added to it.</summary>
    internal (double Forward, double Backward)[]? Profile { get; set; }

    /// <summary>If not null, receives a copy of one node's values and gradient before their buffers are reused.</summary>
    internal NodeProbe? Probe { get; set; }

    /// <summary>The algorithm of a node, for instance <c>winograd</c>; empty if the node is fused into the one before it.</summary>
    internal string MethodOf(int node) => _skipsForward[node] ? "" : _kernels[node].Method;

    /// <summary>
    /// Runs the forward pass for the first <paramref name="count"/> examples. In training, batch normalisation uses the batch's statistics
    /// and <paramref name="seed"/> seeds dropout.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not 1 … <see cref="BatchSize"/>.</exception>
    /// <exception cref="ObjectDisposedException">The executor has been disposed.</exception>
    public void Forward(int count, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, BatchSize);
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int i = 0; i < _kernels.Length; i++)
        {
            int examples = count * Network.Nodes[i].Copies;
            if (_skipsForward[i]) _kernels[i].Adopt(examples);
            else
            {
                long start = Profile is null ? 0 : Stopwatch.GetTimestamp();
                SetGuards(_forwardGuards[i]);
                _kernels[i].Forward(examples, (long)new RandomStream(seed, i).NextUInt64());
                CheckGuards(_forwardGuards[i], i);
                if (Profile is not null) Profile[i].Forward += Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
            if (Probe?.Node == i) Probe.TakeValues(new(_kernels[i].Output, examples * Network.Nodes[i].Shape.Length));
        }
        LastCount = count;
    }

    /// <summary>
    /// Runs the backward pass for the examples of the last <see cref="Forward"/>; overwrites the network's parameter gradients.
    /// </summary>
    /// <exception cref="InvalidOperationException">The executor was planned for inference, or <see cref="Forward"/> has not run
    /// yet.</exception>
    public void Backward()
    {
        if (!IsTraining) throw new InvalidOperationException("The executor was planned for inference.");
        if (LastCount == 0) throw new InvalidOperationException("Call Forward before Backward.");
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int i = _kernels.Length - 1; i >= 0; i--)
        {
            if (Probe?.Node == i && _kernels[i].OutputGradient != null)
                Probe.TakeGradient(new(_kernels[i].OutputGradient, LastCount * Network.Nodes[i].Shape.Length));
            if (_skipsBackward[i]) continue;
            long start = Profile is null ? 0 : Stopwatch.GetTimestamp();
            SetGuards(_backwardGuards[i]);
            _kernels[i].Backward();
            CheckGuards(_backwardGuards[i], i);
            if (Profile is not null) Profile[i].Backward += Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        _disposed = true;
        _memory.Dispose();
    }

    private int LastCount { get; set; }

    private float* Alive(float* pointer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return pointer;
    }

    [Conditional("DEBUG")]
    private void SetGuards(long[] ends)
    {
        foreach (long end in ends) new Span<byte>(_memory.Pointer + end, BufferPlan.GuardBytes).Fill(GuardByte);
    }

    [Conditional("DEBUG")]
    private void CheckGuards(long[] ends, int node)
    {
        foreach (long end in ends)
            if (new ReadOnlySpan<byte>(_memory.Pointer + end, BufferPlan.GuardBytes).ContainsAnyExcept(GuardByte))
                throw new InvalidOperationException($"The kernel of {Network.Nodes[node].Name} wrote past the end of a buffer.");
    }

    private static Kernel CreateKernel(Node node, KernelSetup setup) => setup.Pool.InstructionSet switch
    {
        InstructionSet.Vector512 => node.Operation.CreateKernel<Simd512>(setup),
        InstructionSet.Vector256 => node.Operation.CreateKernel<Simd256>(setup),
        InstructionSet.Vector128 => node.Operation.CreateKernel<Simd128>(setup),
        _ => node.Operation.CreateKernel<Simd1>(setup),
    };
}
