namespace Fer.Pipeline;

/// <summary>Writes what must not be lost: where the disk is full it waits a while for room before it gives up.</summary>
internal static class PatientWrite
{
    /// <summary>How long it waits for room.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Writes, again and again until it worked.</summary>
    /// <param name="write">Writes all of it anew.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Hears once why it waits; null is nobody.</param>
    /// <param name="cancellation">Ends the waiting, not the last attempt.</param>
    /// <returns>The time spent waiting.</returns>
    /// <exception cref="UnwritableException">There was no room in all that time, or until the cancellation.</exception>
    internal static TimeSpan Run(Action write, TimeProvider time, Action<string>? warn, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        for (bool isFirst = true; ; isFirst = false)
        {
            long attempt = time.GetTimestamp();
            try
            {
                write();
                return time.GetElapsedTime(start, attempt);
            }
            catch (UnwritableException e) when (!cancellation.IsCancellationRequested && time.GetElapsedTime(start) < Patience)
            {
                if (isFirst) warn?.Invoke($"{e.Message} Trying again for {Patience.TotalSeconds:0} seconds.");
            }
            Wait(time, cancellation);
        }
    }

    private static void Wait(TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            Task.Delay(Interval, time, cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // One more attempt, and that is all.
        }
    }
}
