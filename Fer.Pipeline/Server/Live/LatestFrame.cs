namespace Fer.Server;

/// <summary>
/// The one place where a frame waits: a newer frame takes an older one's place, so that nothing ever queues up. Three buffers go round
/// (one being filled, one waiting, one being looked at), so that frames make no garbage.
/// </summary>
internal sealed class LatestFrame : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private FrameBuffer? _waiting;
    private FrameBuffer? _spare = new();

    /// <summary>Puts a frame in; gives the buffer to fill next, and true where a frame that waited is passed over.</summary>
    internal (FrameBuffer Next, bool Superseded) Put(FrameBuffer frame)
    {
        lock (_gate)
        {
            var older = _waiting;
            _waiting = frame;
            if (older is not null) return (older, true);
            var next = _spare ?? new FrameBuffer();
            _spare = null;
            _arrived.Release();
            return (next, false);
        }
    }

    /// <summary>Takes the newest frame, waiting for one. Give it back when it is done with.</summary>
    internal async Task<FrameBuffer> TakeAsync(CancellationToken cancellationToken)
    {
        await _arrived.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Take();
    }

    /// <summary>Takes back a frame that was looked at.</summary>
    internal void Return(FrameBuffer frame)
    {
        lock (_gate) _spare ??= frame;
    }

    public void Dispose() => _arrived.Dispose();

    private FrameBuffer Take()
    {
        lock (_gate)
        {
            var frame = _waiting!;
            _waiting = null;
            return frame;
        }
    }
}

/// <summary>The bytes of a message, in memory that is used again.</summary>
internal sealed class FrameBuffer
{
    private byte[] _bytes = new byte[32 << 10];

    /// <summary>Bytes filled.</summary>
    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);

    /// <summary>Room for more, doubled where there is none.</summary>
    internal Memory<byte> Room(int most)
    {
        if (Length == _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(2L * _bytes.Length, most));
        return _bytes.AsMemory(Length);
    }

    internal void Advance(int count) => Length += count;

    internal void Clear() => Length = 0;
}
