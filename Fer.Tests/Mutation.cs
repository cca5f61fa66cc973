using Fer.Pipeline;

namespace Fer.Tests;

/// <summary>Seeded damage to a file, for tests of readers.</summary>
internal static class Mutation
{
    /// <summary>A copy with up to four of: a flipped bit, an odd byte, bytes cut out, repeated or put in, an end cut off.</summary>
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
                case < 8: bytes[at] = (byte)(random.NextBoolean(0.5) ? 0xFF : random.NextUInt64()); break;
                default: bytes[at] ^= (byte)(1 << random.NextInt32(8)); break;
            }
        }
        return [.. bytes];
    }

    // Headers stand at both ends of most formats, and are a small part of the whole.
    private static int Position(int count, ref RandomStream random) => random.NextInt32(3) switch
    {
        0 => random.NextInt32(Math.Min(count, 2000)),
        1 => count - 1 - random.NextInt32(Math.Min(count, 400)),
        _ => random.NextInt32(count),
    };
}
