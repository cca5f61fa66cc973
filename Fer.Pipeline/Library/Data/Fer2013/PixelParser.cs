using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fer.Pipeline.Data;

/// <summary>
/// Reads grey values written as decimal numbers with blanks between. The fast way works on 64 bytes at a time without a branch a number:
/// for every byte it computes the number that would end right before it, and packs together those where a blank stands. Text it does not
/// take (a fault, or more than one blank) is read again number by number, which finds the fault.
/// </summary>
internal static class PixelParser
{
    private const int Block = 64;

    // Blanks never stand side by side, so a block ends at most 32 numbers; the last store of eight may run over by eight.
    private const int RoomForBlock = Block / 2 + 8;

    // For each mask of eight slots the numbers of those that are set, as a shuffle's control.
    private static readonly byte[] PackTable = MakePackTable();

    /// <summary>Reads exactly <paramref name="pixels"/>.Length values from a field of a line.</summary>
    /// <param name="buffer">Holds the field with <see cref="ByteLineReader.Slack"/> bytes before it.</param>
    /// <param name="start">Where the field starts.</param>
    /// <param name="length">Bytes of the field.</param>
    /// <param name="pixels">Takes the values.</param>
    /// <returns>False where the field is anything but that many values of 0 … 255; <see cref="FindFault"/> says what is wrong.</returns>
    internal static bool TryParse(byte[] buffer, int start, int length, Span<byte> pixels)
    {
        if (start < ByteLineReader.Slack || length < 0 || start + length > buffer.Length)
            throw new ArgumentOutOfRangeException(nameof(start), "The field lacks the slack that vector reads need.");
        var text = buffer.AsSpan(start, length);
        // The byte before the field is read with it. Below '0', as commas, quotes and line ends are, it keeps the first number apart.
        if (buffer[start - 1] < '0')
        {
            int read = ParseBlocks(ref MemoryMarshal.GetReference(text), length, pixels, out int written);
            if (read >= 0 && FindFault(text[read..], pixels[written..]).Kind == PixelFaultKind.None) return true;
        }
        return FindFault(text, pixels).Kind == PixelFaultKind.None;
    }

    /// <summary>Reads whole blocks, as long as there is room for the numbers of one.</summary>
    /// <returns>Where the first number not read starts; -1 where something is wrong.</returns>
    private static int ParseBlocks(ref byte field, int length, Span<byte> pixels, out int written)
    {
        ref byte output = ref MemoryMarshal.GetReference(pixels);
        ref byte pack = ref MemoryMarshal.GetArrayDataReference(PackTable);
        int count = 0, next = 0;
        ulong faults = 0, digitsBefore = 0;
        for (int block = 0; block + Block <= length && count + RoomForBlock <= pixels.Length; block += Block)
        {
            ref byte text = ref Unsafe.Add(ref field, block);
            uint low = Half(ref text, out var lowSlots, out uint lowPairs, out uint lowFaults);
            uint high = Half(ref Unsafe.Add(ref text, 32), out var highSlots, out uint highPairs, out uint highFaults);
            ulong separators = low | ((ulong)high << 32), digits = ~separators;
            // Wrong too: a blank without a digit before it, and four digits on end.
            ulong last = (digits << 1) | (digitsBefore >> 63);
            faults |= lowFaults | highFaults | (separators & ~last) |
                (digits & last & ((digits << 2) | (digitsBefore >> 62)) & ((digits << 3) | (digitsBefore >> 61)));
            digitsBefore = digits;
            if (separators != 0) next = block + Block - BitOperations.LeadingZeroCount(separators);

            count += Pack(lowSlots, lowPairs, ref pack, ref Unsafe.Add(ref output, count));
            count += Pack(highSlots, highPairs, ref pack, ref Unsafe.Add(ref output, count));
        }
        written = count;
        return faults == 0 ? next : -1;
    }

    /// <summary>The numbers that end in 32 bytes of text: two bytes share a slot, as at most one of them can be a blank.</summary>
    /// <returns>A bit for each byte that is a blank.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Half(ref byte text, out Vector128<byte> slots, out uint pairs, out uint faults)
    {
        var zero = Vector256.Create((byte)'0');
        var here = Vector256.LoadUnsafe(ref text);
        var separator = Vector256.Equals(here, Vector256.Create((byte)' '));
        uint separators = separator.ExtractMostSignificantBits();
        var digit = here - zero;
        var known = separator | Vector256.Equals(Vector256.Min(digit, Vector256.Create((byte)9)), digit);

        // Digits before each byte; a saturated difference makes anything below '0' a zero.
        var ones = Vector256.SubtractSaturate(Vector256.LoadUnsafe(ref Unsafe.Add(ref text, -1)), zero);
        var second = Vector256.LoadUnsafe(ref Unsafe.Add(ref text, -2));
        var tens = Vector256.SubtractSaturate(second, zero);
        var third = Vector256.SubtractSaturate(Vector256.LoadUnsafe(ref Unsafe.Add(ref text, -3)), zero);
        var hundreds = third & Vector256.GreaterThan(second.AsSByte(), Vector256.Create((sbyte)('0' - 1))).AsByte();

        var small = ones + Lookup(Vector128.Create((byte)0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 0, 0, 0, 0, 0, 0), tens);
        var number = small + Lookup(Vector128.Create((byte)0, 100, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), hundreds);
        // With no hundred or one anything goes, with two up to 55, with more nothing.
        var limit = Lookup(Vector128.Create(255, 255, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), hundreds);
        var over = Vector256.SubtractSaturate(small + Vector256<byte>.One, limit);
        uint fits = Vector256.Equals(over, Vector256<byte>.Zero).ExtractMostSignificantBits();
        faults = ~known.ExtractMostSignificantBits() | (separators & ~fits);

        slots = Fold(number & separator);
        pairs = Fold(separator).ExtractMostSignificantBits();
        return separators;
    }

    // Joins each two bytes, one of which is 0, to one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Fold(Vector256<byte> bytes)
    {
        var words = bytes.AsUInt16();
        var joined = (words | (words >> 8)) & Vector256.Create((ushort)0xFF);
        return Vector128.Narrow(joined.GetLower(), joined.GetUpper());
    }

    // Sixteen-entry tables repeat in both halves, so a shuffle within halves looks up.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Lookup(Vector128<byte> table, Vector256<byte> index) => Avx2.IsSupported
        ? Avx2.Shuffle(Vector256.Create(table, table), index)
        : Vector256.Create(Vector128.Shuffle(table, index.GetLower()), Vector128.Shuffle(table, index.GetUpper()));

    /// <summary>Writes the slots that are set side by side, eight bytes at a time.</summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Pack(Vector128<byte> slots, uint set, ref byte table, ref byte output)
    {
        uint low = set & 0xFF, high = set >> 8;
        int lowCount = BitOperations.PopCount(low);
        Unsafe.WriteUnaligned(ref output, Pack(slots, ref Unsafe.Add(ref table, low * 8)));
        var upper = Vector128.CreateScalar(slots.AsUInt64().GetElement(1)).AsByte();
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, lowCount), Pack(upper, ref Unsafe.Add(ref table, high * 8)));
        return lowCount + BitOperations.PopCount(high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Pack(Vector128<byte> slots, ref byte control) => Vector128.Shuffle(
        slots, Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(ref control)).AsByte()).AsUInt64().ToScalar();

    private static byte[] MakePackTable()
    {
        var table = new byte[256 * 8];
        for (int mask = 0; mask < 256; mask++)
        {
            int place = 0;
            for (int bit = 0; bit < 8; bit++)
                if ((mask >> bit & 1) != 0) table[mask * 8 + place++] = (byte)bit;
        }
        return table;
    }

    /// <summary>
    /// Reads number by number: any run of blanks separates. Fills <paramref name="pixels"/> as far as the text is sound and says where it
    /// is not.
    /// </summary>
    internal static PixelFault FindFault(ReadOnlySpan<byte> text, Span<byte> pixels)
    {
        int count = 0, i = 0;
        while (true)
        {
            while (i < text.Length && text[i] == ' ') i++;
            if (i == text.Length) break;
            int begin = i, value = 0;
            bool sound = true;
            for (; i < text.Length && text[i] != ' '; i++)
            {
                int digit = text[i] - '0';
                sound &= (uint)digit <= 9 && i - begin < 3;
                if (sound) value = value * 10 + digit;
            }
            if (!sound || value > 255) return new PixelFault(PixelFaultKind.Value, count, begin, i - begin);
            if (count < pixels.Length) pixels[count] = (byte)value;
            count++;
        }
        return count == pixels.Length ? default : new PixelFault(PixelFaultKind.Count, count, 0, text.Length);
    }

    /// <summary>
    /// Reads whole values that were written as floating-point numbers, such as 70.0 or 7.0e+01, or as a list, such as [70, 80, 82], as
    /// tables that went through NumPy or pandas hold them.
    /// </summary>
    /// <returns>False where a value is none of 0 … 255, or their number is not that of <paramref name="pixels"/>.</returns>
    internal static bool TryParseWhole(ReadOnlySpan<byte> text, Span<byte> pixels)
    {
        int count = 0;
        text = text.Trim("[]() "u8);
        foreach (var range in text.SplitAny(" ,;\t"u8))
        {
            var number = text[range];
            if (number.IsEmpty) continue;
            if (count == pixels.Length || !Utf8Parser.TryParse(number, out double value, out int used) || used != number.Length
                || !(value >= 0 && value <= byte.MaxValue) || value != Math.Floor(value))
                return false;
            pixels[count++] = (byte)value;
        }
        return count == pixels.Length;
    }
}

/// <summary>What is wrong with a field of pixels.</summary>
internal enum PixelFaultKind
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>A value is no number of 0 … 255.</summary>
    Value,
    /// <summary>There are too few or too many values.</summary>
    Count,
}

/// <summary>A fault in a field of pixels.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Index">For a value its number in the field, from 0; for a count the number of values found.</param>
/// <param name="Offset">Where the text at fault starts in the field.</param>
/// <param name="Length">Bytes of it.</param>
internal readonly record struct PixelFault(PixelFaultKind Kind, int Index, int Offset, int Length);
