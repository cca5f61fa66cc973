using Fer.Pipeline;

namespace Fer.Tests;

/// <summary>Seeded damage to a file, for tests of readers.</summary>
internal static class Mutation
{
    /// <summary>Numbers at which sizes and indices go wrong.</summary>
    internal static readonly long[] OddNumbers =
        [-1, 0, 1, 2, 3, 7, 65_535, 65_536, 65_537, int.MaxValue, int.MinValue, 1L << 32, long.MaxValue, long.MinValue];

    /// <summary>
    /// A copy with up to four of: a flipped bit, an odd byte, an odd number, bytes cut out, repeated or put in, an end cut off.
    /// </summary>
    internal static byte[] Of(byte[] valid, ref RandomStream random)
    {
        var bytes = new List<byte>(valid);
        for (int changes = 1 + random.NextInt32(4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = Position(bytes.Count, ref random), length = Math.Min(1 + random.NextInt32(16), bytes.Count - at);
            switch (random.NextInt32(16))
            {
                case 0: bytes.RemoveRange(at, bytes.Count - at); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes.InsertRange(at, new byte[length]); break;
                case 4: Put(bytes, at, Odd(ref random), 1 << (1 + random.NextInt32(3)), random.NextBoolean(0.5)); break;
                case < 8: bytes[at] = (byte)(random.NextBoolean(0.5) ? 0xFF : random.NextUInt64()); break;
                default: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>One of <see cref="OddNumbers"/>.</summary>
    internal static long Odd(ref RandomStream random) => OddNumbers[random.NextInt32(OddNumbers.Length)];

    private static void Put(List<byte> bytes, int at, long number, int width, bool isBigEndian)
    {
        for (int i = 0; i < width && at + i < bytes.Count; i++)
            bytes[at + i] = (byte)(number >> (8 * (isBigEndian ? width - 1 - i : i)));
    }

    // Headers stand at both ends of most formats, and are a small part of the whole.
    private static int Position(int count, ref RandomStream random) => random.NextInt32(3) switch
    {
        0 => random.NextInt32(Math.Min(count, 2000)),
        1 => count - 1 - random.NextInt32(Math.Min(count, 400)),
        _ => random.NextInt32(count),
    };
}
