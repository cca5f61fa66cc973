using System.Security.Cryptography;

namespace Fer.Pipeline.Images;

/// <summary>
/// Tells a JPEG (ITU-T T.81, annexes F and G) that only lacks its end marker from one that is cut short. libjpeg shows both, the second
/// with a part of the picture grey or blurred.
/// </summary>
internal static class JpegEnd
{
    private const int Coefficients = 64;

    // More than any decoder reads ahead of a block.
    private const int FillingBytes = 256;

    /// <summary>Decodes a file without an end marker, or gives null where something of the picture is missing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="decode">Decodes a whole file.</param>
    internal static RgbImage? DecodeWithoutEnd(ReadOnlySpan<byte> file, Func<byte[], RgbImage> decode)
    {
        if (!SayEverything(file)) return null;
        // Half a marker is no data.
        var data = file.TrimEnd<byte>(0xFF);
        // What follows a whole scan is passed over, whatever it is; the decoder takes it for data of one that is cut.
        byte[] hash = SHA256.HashData(decode(Ended(data, 0x00)).Pixels);
        var image = decode(Ended(data, 0xB6));
        return SHA256.HashData(image.Pixels).AsSpan().SequenceEqual(hash) ? image : null;

        static byte[] Ended(ReadOnlySpan<byte> data, byte filling) =>
            [.. data, .. Enumerable.Repeat(filling, FillingBytes), 0xFF, 0xD9];
    }

    /// <summary>True where the scans together hold every coefficient of every component to its last bit.</summary>
    private static bool SayEverything(ReadOnlySpan<byte> file)
    {
        // Per component, bits of each coefficient that are still missing.
        var missing = new Dictionary<byte, int[]>();
        for (int at = 2; JpegHeader.NextSegment(file, ref at) is var (marker, range);)
        {
            var body = file[range];
            if (JpegHeader.IsFrame(marker) && missing.Count == 0)
            {
                for (int i = 6; i + 3 <= body.Length && i < 6 + 3 * body[5]; i += 3)
                    missing[body[i]] = NothingYet();
            }
            else if (marker == JpegHeader.StartOfScan && body.Length > 0 && body.Length >= 4 + 2 * body[0])
            {
                var (first, last, bits) = (body[1 + 2 * body[0]], body[2 + 2 * body[0]], body[3 + 2 * body[0]] & 15);
                for (int i = 0; i < body[0]; i++)
                {
                    if (missing.GetValueOrDefault(body[1 + 2 * i]) is not { } own) continue;
                    for (int k = first; k <= last && k < Coefficients; k++) own[k] = bits;
                }
            }
        }
        return missing.Count > 0 && missing.Values.All(own => own.All(bits => bits == 0));

        static int[] NothingYet()
        {
            var bits = new int[Coefficients];
            Array.Fill(bits, int.MaxValue);
            return bits;
        }
    }
}
