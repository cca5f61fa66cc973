namespace Fer.Server;

/// <summary>Gives memory back once the server has had nothing to do for a while: a burst of large pictures leaves its mark.</summary>
internal sealed class IdleMemory : IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly Action _giveBack;
    private readonly ITimer _timer;
    private int _working;

    /// <param name="giveBack">Gives memory back.</param>
    /// <param name="time">The clock.</param>
    internal IdleMemory(Action giveBack, TimeProvider time)
    {
        _giveBack = giveBack;
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A picture is being looked at.</summary>
    internal void Begin() => Interlocked.Increment(ref _working);

    /// <summary>It is not any more.</summary>
    internal void End()
    {
        if (Interlocked.Decrement(ref _working) == 0) _timer.Change(Rest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends it, and waits where memory is just being given back.</summary>
    public void Dispose() => _timer.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Look()
    {
        // Whoever works now ends later, and sets the timer again.
        if (Volatile.Read(ref _working) == 0) _giveBack();
    }
}
