namespace Fer.Pipeline.Data;

/// <summary>
/// Walks over the lines of a stream without making strings: lines stand in one byte buffer that is filled again and again.
/// LF and CRLF end a line, or a lone CR where the first line ends so; a UTF-8 byte order mark at the start is skipped.
/// </summary>
internal sealed class ByteLineReader : IDisposable
{
    /// <summary>Bytes before and after any line that may be read, but not used, by vector code.</summary>
    internal const int Slack = 64;

    /// <summary>No row of 2,304 numbers comes near this; it bounds the memory that a broken file can take.</summary>
    internal const int LongestLine = 1 << 20;

    private readonly Stream _stream;
    private readonly string _path;
    private byte[] _buffer = new byte[(1 << 18) + 2 * Slack];
    private int _next = Slack;
    private int _end = Slack;
    private byte _lineEnd = (byte)'\n';
    private bool _ended;

    internal ByteLineReader(Stream stream, string path) => (_stream, _path) = (stream, path);

    /// <summary>The buffer that holds the line.</summary>
    internal byte[] Buffer => _buffer;

    /// <summary>Where the line starts in <see cref="Buffer"/>.</summary>
    internal int Start { get; private set; }

    /// <summary>Bytes of the line, without its end.</summary>
    internal int Length { get; private set; }

    /// <summary>The line.</summary>
    internal ReadOnlySpan<byte> Line => _buffer.AsSpan(Start, Length);

    /// <summary>The line and what of the text after it is at hand.</summary>
    internal ReadOnlySpan<byte> Text => _buffer.AsSpan(Start, _end - Start);

    /// <summary>Number of the line in the file, from 1.</summary>
    internal long LineNumber { get; private set; }

    /// <summary>Bytes taken from the stream.</summary>
    internal long BytesRead { get; private set; }

    /// <summary>Goes to the next line; false after the last.</summary>
    internal bool MoveNext()
    {
        int searched = 0;
        while (true)
        {
            int found = _buffer.AsSpan(_next + searched, _end - _next - searched).IndexOf(_lineEnd);
            if (LineNumber == 0 && HoldsReturn(_buffer.AsSpan(_next, found < 0 ? _end - _next : searched + found)))
            {
                _lineEnd = (byte)'\r';
                found = _buffer.AsSpan(_next, _end - _next).IndexOf(_lineEnd);
                searched = 0;
            }
            if (found >= 0)
            {
                Take(searched + found, 1);
                return true;
            }
            searched = _end - _next;
            if (_ended)
            {
                if (searched == 0) return false;
                Take(searched, 0);
                return true;
            }
            if (searched > LongestLine)
            {
                string what = LineNumber == 0 && FileContents.Describe(_buffer.AsSpan(_next, _end - _next)) is { } kind ? kind
                    : $"longer than {LongestLine:N0} bytes. A FER2013 row is at most about 9,300; check that this is the CSV file.";
                throw new FerException($"{_path}, line {LineNumber + 1}: {what}");
            }
            Fill();
        }
    }

    /// <summary>True for a CR with text after it, which only tables of old programs for the Mac have.</summary>
    private static bool HoldsReturn(ReadOnlySpan<byte> line) => line.IndexOf((byte)'\r') is >= 0 and var at && at + 1 < line.Length;

    private void Take(int length, int lineEnd)
    {
        Start = _next;
        _next += length + lineEnd;
        if (length > 0 && _buffer[Start + length - 1] == '\r') length--;
        Length = length;
        if (LineNumber++ == 0 && Line.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            Start += 3;
            Length -= 3;
        }
    }

    private void Fill()
    {
        int kept = _end - _next;
        // Room for a whole line is made before it is needed: a line that fills half the buffer doubles it.
        byte[] target = kept > (_buffer.Length - 2 * Slack) / 2 ? new byte[2 * _buffer.Length] : _buffer;
        System.Buffer.BlockCopy(_buffer, _next, target, Slack, kept);
        _buffer = target;
        _next = Slack;
        _end = Slack + kept;
        int read = DataFile.Read(_stream, _buffer.AsSpan(_end, _buffer.Length - Slack - _end), _path);
        _end += read;
        BytesRead += read;
        _ended = read == 0;
    }

    public void Dispose() => _stream.Dispose();
}
