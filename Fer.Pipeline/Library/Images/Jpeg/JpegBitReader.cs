using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Images;

/// <summary>
/// Reads the bits of entropy-coded data, in which 0xFF is followed by a 0 that does not count, up to the next marker. After that it gives
/// zeros and says that it did.
/// </summary>
internal ref struct JpegBitReader(ReadOnlySpan<byte> file, int at)
{
    private readonly ReadOnlySpan<byte> _file = file;
    private int _at = at;
    private ulong _bits;
    private int _count;
    private int _padding;

    /// <summary>Where the next byte is taken from; bits that were taken from bytes before it may be unread.</summary>
    internal readonly int At => _at;

    /// <summary>True where bits were read that the data does not have.</summary>
    internal readonly bool IsPastEnd => _count < _padding;

    /// <summary>Makes at least 48 bits ready, enough for one code and one value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Fill()
    {
        if (_count < 48) FillNow();
    }

    /// <summary>The next 1 … 32 bits, which stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly int Peek(int count) => (int)(_bits >> (64 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Drop(int count)
    {
        _bits <<= count;
        _count -= count;
    }

    /// <summary>The next 0 … 16 bits as a whole number.</summary>
    internal int Read(int count)
    {
        if (count == 0) return 0;
        int value = Peek(count);
        Drop(count);
        return value;
    }

    /// <summary>The next 0 … 16 bits as a value with a sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int ReadValue(int size)
    {
        if (size == 0) return 0;
        int value = Peek(size);
        Drop(size);
        return Extend(value, size);
    }

    /// <summary>Values with a high bit of 0 are negative (T.81, F.2.2.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Extend(int value, int size) => value >> (size - 1) == 0 ? value + 1 - (1 << size) : value;

    /// <summary>Drops the bits up to the next marker and moves behind it, if it is the one expected.</summary>
    internal bool TakeRestart(int number)
    {
        // Bits not yet read would be data too many: all but the padding of the last byte.
        if (_count - _padding >= 8) return false;
        int at = _at;
        while (at + 1 < _file.Length && _file[at] == 0xFF && _file[at + 1] == 0xFF) at++;
        if (at + 1 >= _file.Length || _file[at] != 0xFF || _file[at + 1] != 0xD0 + number) return false;
        (_at, _bits, _count, _padding) = (at + 2, 0, 0, 0);
        return true;
    }

    private void FillNow()
    {
        if (_file.Length - _at >= 8)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_file[_at..]);
            // No byte of the eight is 0xFF: the complement has no zero byte.
            if (((~next - 0x0101010101010101) & next & 0x8080808080808080) == 0)
            {
                // Bits beyond the whole bytes taken are there already when those bytes are taken, as the same bits.
                _bits |= next >> _count;
                int bytes = (63 - _count) >> 3;
                _at += bytes;
                _count += 8 * bytes;
                return;
            }
        }
        for (; _count <= 56; _count += 8)
        {
            int value = 0;
            if (_at >= _file.Length) _padding += 8;
            else if (_file[_at] != 0xFF) value = _file[_at++];
            else if (_at + 1 < _file.Length && _file[_at + 1] == 0)
            {
                value = 0xFF;
                _at += 2;
            }
            else _padding += 8;
            _bits |= (ulong)value << (56 - _count);
        }
    }
}
