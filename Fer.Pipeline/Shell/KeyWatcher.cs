namespace Fer.Shell;

/// <summary>Looks for a key while a command runs, and does something each time it is pressed.</summary>
internal sealed class KeyWatcher : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _closing = new();
    private readonly Task _watching;

    /// <summary>Starts to look.</summary>
    /// <param name="read">Gives the key that was pressed, or null for none; null where the input is no terminal.</param>
    /// <param name="key">The key, in lower case.</param>
    /// <param name="pressed">What to do.</param>
    internal KeyWatcher(Func<char?>? read, char key, Action pressed) =>
        _watching = read is null ? Task.CompletedTask : WatchAsync(read, key, pressed, _closing.Token);

    public void Dispose()
    {
        _closing.Cancel();
        _watching.GetAwaiter().GetResult();
        _closing.Dispose();
    }

    private static async Task WatchAsync(Func<char?> read, char key, Action pressed, CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            while (read() is { } typed)
                if (char.ToLowerInvariant(typed) == key) pressed();
            await Task.Delay(Interval, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
