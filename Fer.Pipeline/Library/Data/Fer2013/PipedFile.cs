namespace Fer.Pipeline.Data;

/// <summary>
/// What a pipe gives, read no further than it is asked for and kept in memory, so that it can be read from the start again.
/// </summary>
/// <param name="pipe">Read to its end and then closed.</param>
internal sealed class PipedFile(Stream pipe)
{
    private const int ChunkBytes = 1 << 20;
    private readonly Lock _lock = new();
    private readonly List<byte[]> _chunks = [];
    private long _length;
    private bool _ended;

    /// <summary>A reader from the start; several may read in turn.</summary>
    internal Stream Open() => new Reader(this);

    private int Read(long position, Span<byte> buffer)
    {
        lock (_lock)
        {
            if (position >= _length && !_ended) Fill();
            int chunk = (int)(position / ChunkBytes), at = (int)(position % ChunkBytes);
            int count = (int)Math.Min(Math.Min(buffer.Length, _length - position), ChunkBytes - at);
            if (count <= 0) return 0;
            _chunks[chunk].AsSpan(at, count).CopyTo(buffer);
            return count;
        }
    }

    private void Fill()
    {
        int at = (int)(_length % ChunkBytes);
        if (at == 0) _chunks.Add(new byte[ChunkBytes]);
        int read = pipe.Read(_chunks[^1].AsSpan(at));
        _length += read;
        _ended = read == 0;
        if (_ended) pipe.Dispose();
    }

    private sealed class Reader(PipedFile file) : ForwardStream
    {
        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            int read = file.Read(Position, buffer);
            Position += read;
            return read;
        }
    }
}
