namespace Fer.Pipeline.Engine;

/// <summary>
/// A fixed number of threads that share the work of each kernel, and the vector width they use. The split of work depends on the thread
/// count alone, so results repeat bit for bit. One caller at a time.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    // About 20 microseconds of waiting in place before a thread sleeps: kernels follow one another faster than that.
    private const int SpinRounds = 2000;

    private readonly Thread[] _workers;
    private readonly object _gate = new();
    private Action<object, int>? _body;
    private object? _state;
    private volatile int _generation;
    private volatile int _remaining;
    private volatile bool _stopped;
    private Exception? _failure;

    /// <summary>Starts the pool.</summary>
    /// <param name="threads">Threads in all, the caller's included; 0 is one a processor.</param>
    /// <param name="instructionSet">The vector width, or null for <see cref="InstructionSets.Best"/>. A wider one than the processor has is emulated: right, but slow.</param>
    /// <exception cref="FerUsageException"><paramref name="threads"/> is negative or above 1,024.</exception>
    public WorkerPool(int threads = 0, InstructionSet? instructionSet = null)
    {
        if (threads is < 0 or > 1024) throw new FerUsageException($"The number of threads is 1 to 1024, or 0 for one a processor, not {threads}.");
        Threads = threads > 0 ? threads : Environment.ProcessorCount;
        InstructionSet = instructionSet ?? InstructionSets.Best;
        _workers = new Thread[Threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int number = i + 1;
            _workers[i] = new Thread(() => Work(number)) { IsBackground = true, Name = $"fer worker {number}" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads in all, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>The vector width that kernels use on this pool.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>True where 3x3 convolutions may take Winograd's minimal filtering, which multiplies less and rounds a little more; false keeps to direct sums.</summary>
    public bool AllowsWinograd { get; init; } = true;

    /// <summary>Runs <paramref name="work"/> once on each thread, with the thread's number 0 … <see cref="Threads"/> - 1, and returns when all are done.</summary>
    /// <exception cref="AggregateException">A thread's work threw; the first failure is inside.</exception>
    public void Run(Action<int> work) => Dispatch(static (state, thread) => ((Action<int>)state)(thread), work);

    /// <summary>As <see cref="Run(Action{int})"/>, without a closure: <paramref name="body"/> is a static function over <paramref name="state"/>.</summary>
    internal void Run(object state, Action<object, int> body) => Dispatch(body, state);

    /// <summary>The part of <paramref name="count"/> items that thread <paramref name="thread"/> takes: [start, end).</summary>
    internal (int Start, int End) Part(int count, int thread) =>
        new Share(thread, Threads).Of(count);

    private void Dispatch(Action<object, int> body, object state)
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        if (_workers.Length == 0)
        {
            body(state, 0);
            return;
        }
        _body = body;
        _state = state;
        _failure = null;
        _remaining = _workers.Length;
        WakeAll();
        Exception? own = null;
        try
        {
            body(state, 0);
        }
        catch (Exception e)
        {
            own = e;
        }
        var spinner = new SpinWait();
        while (_remaining > 0) spinner.SpinOnce(sleep1Threshold: -1);
        if ((own ?? _failure) is { } failure) throw new AggregateException(failure);
    }

    private void WakeAll()
    {
        // Under the lock, so that no thread goes to sleep between its last look at the generation and the pulse.
        lock (_gate)
        {
            _generation++;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work(int number)
    {
        int seen = 0;
        while (true)
        {
            for (int spin = 0; _generation == seen && spin < SpinRounds; spin++) Thread.SpinWait(8);
            if (_generation == seen)
                lock (_gate)
                    while (_generation == seen) Monitor.Wait(_gate);
            seen++;
            if (_stopped) return;
            try
            {
                _body!(_state!, number);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }
            Interlocked.Decrement(ref _remaining);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        WakeAll();
        foreach (var worker in _workers) worker.Join();
    }
}
