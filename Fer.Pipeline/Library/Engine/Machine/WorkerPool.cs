namespace Fer.Pipeline.Engine;

/// <summary>
/// A fixed number of threads that share the work of each kernel, and the vector width they use. How work is split depends only on the
/// thread count, so results are reproducible bit for bit. Where there are more threads than processors, each processor works off the shares
/// of several, one after the other: threads that took turns on a processor would spin away the time of those that have work. Supports one
/// caller at a time.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    // Threads spin for about 20 microseconds before they sleep: successive kernels arrive faster than that.
    private const int SpinRounds = 2000;

    /// <summary>Rounds of spinning after which a thread lets others have its processor: little against the time of a kernel.</summary>
    private const int YieldRounds = 64;

    private readonly Thread[] _workers;
    private readonly object _gate = new();
    private Action<object, int>? _body;
    private object? _state;
    private volatile int _generation;
    private volatile int _remaining;
    private volatile bool _stopped;
    private Exception? _failure;

    /// <summary>Starts the pool.</summary>
    /// <param name="threads">Total number of threads, including the caller's; 0 means one per processor.</param>
    /// <param name="instructionSet">The vector width, or null for <see cref="InstructionSets.Best"/>. A width that the processor does not
    /// support is emulated: correct, but slow.</param>
    /// <exception cref="FerUsageException"><paramref name="threads"/> is negative or above 1,024.</exception>
    public WorkerPool(int threads = 0, InstructionSet? instructionSet = null)
    {
        if (threads is < 0 or > 1024)
            throw new FerUsageException($"The number of threads must be 1 to 1024, or 0 for one per processor, not {threads}.");
        Threads = threads > 0 ? threads : Environment.ProcessorCount;
        InstructionSet = instructionSet ?? InstructionSets.Best;
        _workers = new Thread[Math.Min(Threads, Environment.ProcessorCount) - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int number = i + 1;
            _workers[i] = new Thread(() => Work(number)) { IsBackground = true, Name = $"fer worker {number}" };
            _workers[i].Start();
        }
    }

    /// <summary>
    /// A pool for inference alone: more parts than processors change no value there and only take time, so it has no more.
    /// </summary>
    internal static WorkerPool ForInference(int threads, bool allowsWinograd = true) =>
        new(Math.Min(threads, Environment.ProcessorCount)) { AllowsWinograd = allowsWinograd };

    /// <summary>Total number of threads, including the caller's.</summary>
    public int Threads { get; }

    /// <summary>The vector width that kernels use on this pool.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>
    /// True if 3x3 convolutions may use Winograd's minimal filtering, which needs fewer multiplications but has slightly larger rounding
    /// errors; false to always compute them directly.
    /// </summary>
    public bool AllowsWinograd { get; init; } = true;

    /// <summary>
    /// Runs <paramref name="work"/> once on each thread, passing the thread's number 0 … <see cref="Threads"/> - 1, and returns when all
    /// are done.
    /// </summary>
    /// <exception cref="AggregateException">A thread's work threw; the first exception is the inner exception.</exception>
    public void Run(Action<int> work) => Dispatch(static (state, thread) => ((Action<int>)state)(thread), work);

    /// <summary>
    /// Same as <see cref="Run(Action{int})"/>, without a closure: <paramref name="body"/> is a static function that gets
    /// <paramref name="state"/>.
    /// </summary>
    internal void Run(object state, Action<object, int> body) => Dispatch(body, state);

    /// <summary>The range [start, end) of <paramref name="count"/> items that thread <paramref name="thread"/> processes.</summary>
    internal (int Start, int End) Part(int count, int thread) =>
        new Share(thread, Threads).Of(count);

    private void Dispatch(Action<object, int> body, object state)
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        if (Threads == 1)
        {
            body(state, 0);
            return;
        }
        _body = body;
        _state = state;
        _failure = null;
        _remaining = _workers.Length;
        WakeAll();
        WorkOff(0);
        var spinner = new SpinWait();
        while (_remaining > 0) spinner.SpinOnce(sleep1Threshold: -1);
        if (_failure is { } failure) throw new AggregateException(failure);
    }

    private void WakeAll()
    {
        // Under the lock, so that no thread goes to sleep between its last check of the generation and the pulse.
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
            for (int spin = 0; _generation == seen && spin < SpinRounds; spin++)
            {
                Thread.SpinWait(8);
                // Another pool or program may have work for this processor.
                if (spin % YieldRounds == 0) Thread.Yield();
            }
            if (_generation == seen)
                lock (_gate)
                    while (_generation == seen) Monitor.Wait(_gate);
            seen++;
            if (_stopped) return;
            WorkOff(number);
            Interlocked.Decrement(ref _remaining);
        }
    }

    /// <summary>Does the shares of one thread, or of several where there are more of them than processors.</summary>
    private void WorkOff(int number)
    {
        for (int thread = number; thread < Threads; thread += _workers.Length + 1)
        {
            try
            {
                _body!(_state!, thread);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        WakeAll();
        foreach (var worker in _workers) worker.Join();
    }
}
