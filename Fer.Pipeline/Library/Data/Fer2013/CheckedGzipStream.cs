using System.IO.Compression;

namespace Fer.Pipeline.Data;

/// <summary>
/// Inflates a gzip file of one or more members and notices one that is cut short, which GZipStream takes for the end of the data.
/// A last member of its own is put after the file: only where the file is whole does its text come out at the end.
/// </summary>
internal sealed class CheckedGzipStream : ForwardStream
{
    private static readonly byte[] Mark = "FerMl:end-of-file"u8.ToArray();
    private static readonly byte[] MarkMember = Deflate(Mark);

    private readonly GZipStream _inflated;
    private readonly byte[] _held = new byte[Mark.Length];
    private int _heldCount;

    internal CheckedGzipStream(Stream file) => _inflated = new GZipStream(new WithMark(file), CompressionMode.Decompress);

    /// <summary>Reads inflated bytes; the last ones are held back until it is known whether they are the mark.</summary>
    /// <exception cref="InvalidDataException">The data is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length <= Mark.Length) throw new ArgumentException($"Needs room for more than {Mark.Length} bytes.", nameof(buffer));
        while (true)
        {
            _held.AsSpan(0, _heldCount).CopyTo(buffer);
            int read = _inflated.Read(buffer[_heldCount..]);
            if (read == 0)
            {
                return _held.AsSpan(0, _heldCount).SequenceEqual(Mark) ? 0 : throw new InvalidDataException("The gzip data is cut short.");
            }
            int total = _heldCount + read;
            _heldCount = Math.Min(total, Mark.Length);
            buffer.Slice(total - _heldCount, _heldCount).CopyTo(_held);
            if (total > _heldCount) return total - _heldCount;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inflated.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Deflate(byte[] text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal)) gzip.Write(text);
        return stream.ToArray();
    }

    /// <summary>A file, and after it the member with the mark.</summary>
    private sealed class WithMark(Stream file) : ForwardStream
    {
        private int _given;

        public override int Read(Span<byte> buffer)
        {
            int read = file.Read(buffer);
            if (read > 0 || buffer.IsEmpty) return read;
            int count = Math.Min(buffer.Length, MarkMember.Length - _given);
            MarkMember.AsSpan(_given, count).CopyTo(buffer);
            _given += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
