namespace Fer.Pipeline.Images;

/// <summary>A Huffman table (ITU-T T.81, annex C), with a look-up of its short codes and, for AC coefficients, of short codes together with their values.</summary>
internal sealed class JpegHuffmanTable
{
    internal const int LookupBits = 10;

    private readonly byte[] _symbols;
    private readonly int[] _end = new int[18];
    private readonly int[] _offset = new int[17];
    private readonly ushort[] _lookup = new ushort[1 << LookupBits];
    private readonly short[] _values = new short[1 << LookupBits];

    private JpegHuffmanTable(byte[] symbols) => _symbols = symbols;

    /// <summary>For the next <see cref="LookupBits"/> bits: (value &lt;&lt; 8) | (zeros before it &lt;&lt; 4) | bits of code and value, or 0 where that does not fit.</summary>
    internal ReadOnlySpan<short> Values => _values;

    /// <summary>Makes a table, or null where its counts are those of no prefix code.</summary>
    /// <param name="counts">[16] codes of each length 1 … 16.</param>
    /// <param name="symbols">What the codes stand for, the shortest code's first.</param>
    internal static JpegHuffmanTable? Create(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        var table = new JpegHuffmanTable(symbols.ToArray());
        int code = 0, index = 0;
        for (int length = 1; length <= 16; length++)
        {
            table._offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length) return null;
                if (length > LookupBits) continue;
                int first = code << (LookupBits - length), many = 1 << (LookupBits - length);
                table._lookup.AsSpan(first, many).Fill((ushort)((length << 8) | symbols[index]));
            }
            // Codes of this length, moved to the top of 16 bits, are below this.
            table._end[length] = code << (16 - length);
            code <<= 1;
        }
        table._end[17] = int.MaxValue;
        table.FillValues();
        return table;
    }

    /// <summary>Reads a code and gives its symbol, or -1 where there is no such code.</summary>
    internal int Read(ref JpegBitReader bits)
    {
        ushort entry = _lookup[bits.Peek(LookupBits)];
        if (entry != 0)
        {
            bits.Drop(entry >> 8);
            return (byte)entry;
        }
        int next = bits.Peek(16), length = LookupBits + 1;
        while (next >= _end[length]) length++;
        if (length > 16) return -1;
        bits.Drop(length);
        return _symbols[(next >> (16 - length)) + _offset[length]];
    }

    private void FillValues()
    {
        for (int i = 0; i < _values.Length; i++)
        {
            int length = _lookup[i] >> 8, zeros = (_lookup[i] >> 4) & 15, size = _lookup[i] & 15;
            if (length == 0 || size == 0 || length + size > LookupBits) continue;
            int value = JpegBitReader.Extend((i >> (LookupBits - length - size)) & ((1 << size) - 1), size);
            if (value is >= sbyte.MinValue and <= sbyte.MaxValue) _values[i] = (short)((value << 8) | (zeros << 4) | (length + size));
        }
    }
}
