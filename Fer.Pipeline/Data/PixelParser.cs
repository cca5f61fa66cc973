using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fer.Pipeline.Data;

/// <summary>
/// Reads grey values written as decimal numbers with blanks between. The fast way finds the blanks of 64 bytes at a time with vector
/// comparisons, walks over their bit mask, and turns each number into its value with one multiplication. Text it does not take
/// (a fault, or more than one blank) is read again number by number, which finds the fault.
/// </summary>
internal static class PixelParser
{
    /// <summary>Reads exactly <paramref name="pixels"/>.Length values from a field of a line.</summary>
    /// <param name="buffer">Holds the field with <see cref="ByteLineReader.Slack"/> bytes before and after it.</param>
    /// <param name="start">Where the field starts.</param>
    /// <param name="length">Bytes of the field.</param>
    /// <param name="pixels">Takes the values.</param>
    /// <returns>False where the field is anything but that many values of 0 … 255; <see cref="FindFault"/> says what is wrong.</returns>
    internal static bool TryParse(byte[] buffer, int start, int length, Span<byte> pixels)
    {
        if (start < ByteLineReader.Slack || length < 0 || start + length + ByteLineReader.Slack > buffer.Length)
            throw new ArgumentOutOfRangeException(nameof(start), "The field lacks the slack that vector reads need.");
        return ParseFast(ref MemoryMarshal.GetArrayDataReference(buffer), start, length, pixels) ||
            FindFault(buffer.AsSpan(start, length), pixels).Kind == PixelFaultKind.None;
    }

    private static bool ParseFast(ref byte text, int start, int length, Span<byte> pixels)
    {
        ref byte output = ref MemoryMarshal.GetReference(pixels);
        ref byte field = ref Unsafe.Add(ref text, start);
        int written = 0, numberStart = 0;
        uint greatest = 0;
        ulong faults = 0, carry = 1; // The start of the field counts as a separator.
        for (int block = 0; block <= length; block += 64)
        {
            ulong separators = Separators(ref Unsafe.Add(ref field, block), out ulong other);
            int left = length - block;
            if (left < 64)
            {
                // The end of the field is a separator, and nothing after it counts.
                separators = (separators & ~(ulong.MaxValue << left)) | (1UL << left);
                other &= ~(ulong.MaxValue << left);
            }
            // Bad: what is neither digit nor blank, and two separators side by side.
            faults |= other | (separators & ((separators << 1) | carry));
            carry = separators >> 63;
            if (written + BitOperations.PopCount(separators) > pixels.Length) return false;
            while (separators != 0)
            {
                int end = block + BitOperations.TrailingZeroCount(separators);
                separators &= separators - 1;
                int digits = end - numberStart;
                // Four bytes that end with the number; those before it are shifted out. The byte order is little-endian on every platform of .NET's that has 64 bits.
                uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref field, end - 4)) & 0x0F0F0F0F;
                word &= uint.MaxValue << (32 - 8 * digits);
                // Lane by lane: the last digit, ten times the one before, a hundred times the first, summed in the top byte.
                Unsafe.Add(ref output, written++) = (byte)((word * (1u + (10u << 8) + (100u << 16))) >> 24);
                // 255 is the greatest; more than three digits also end above it. As big-endian, digits compare like their number.
                uint ordered = BinaryOrder(word) | (digits > 3 ? uint.MaxValue : 0);
                greatest = Math.Max(greatest, ordered);
                numberStart = end + 1;
            }
        }
        return faults == 0 && greatest <= 0x00020505 && written == pixels.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BinaryOrder(uint word) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);

    /// <summary>A bit for each of 64 bytes that is a blank, and in <paramref name="other"/> for each that is neither blank nor digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Separators(ref byte text, out ulong other)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var bytes = Vector512.LoadUnsafe(ref text);
            var blank = Vector512.Equals(bytes, Vector512.Create((byte)' '));
            var digit = Vector512.LessThan(bytes - Vector512.Create((byte)'0'), Vector512.Create((byte)10));
            other = ~(blank | digit).ExtractMostSignificantBits();
            return blank.ExtractMostSignificantBits();
        }
        if (Vector256.IsHardwareAccelerated)
        {
            ulong low = Half(ref text, out uint otherLow);
            ulong high = Half(ref Unsafe.Add(ref text, 32), out uint otherHigh);
            other = otherLow | ((ulong)otherHigh << 32);
            return low | (high << 32);
        }
        ulong found = 0;
        other = 0;
        for (int i = 0; i < 64; i += 16)
        {
            var bytes = Vector128.LoadUnsafe(ref Unsafe.Add(ref text, i));
            var blank = Vector128.Equals(bytes, Vector128.Create((byte)' '));
            var digit = Vector128.LessThan(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)10));
            found |= (ulong)blank.ExtractMostSignificantBits() << i;
            other |= (ulong)(~(blank | digit)).ExtractMostSignificantBits() << i;
        }
        return found;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Half(ref byte text, out uint other)
    {
        var bytes = Vector256.LoadUnsafe(ref text);
        var blank = Vector256.Equals(bytes, Vector256.Create((byte)' '));
        // Unsigned comparison by minimum: AVX2 has none of its own.
        var value = bytes - Vector256.Create((byte)'0');
        var digit = Vector256.Equals(Vector256.Min(value, Vector256.Create((byte)9)), value);
        other = ~(blank | digit).ExtractMostSignificantBits();
        return blank.ExtractMostSignificantBits();
    }

    /// <summary>Reads number by number: any run of blanks separates. Fills <paramref name="pixels"/> as far as the text is sound and says where it is not.</summary>
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
