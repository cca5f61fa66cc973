using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Fer.Pipeline.Images;

/// <summary>
/// Finds the metadata in a PNG file: the chunk eXIf (W3C PNG, third edition, 11.3.4.4), XMP in iTXt, and ImageMagick's and ExifTool's
/// "raw profiles", which are hexadecimal text.
/// </summary>
internal static class PngMetadata
{
    private const int Signature = 8;

    // A file's metadata may be packed a thousand to one; this much is looked at of all of it together.
    private const int MostBytes = 8 << 20;

    /// <summary>Hands the metadata over, until the answer is known.</summary>
    internal static void Show(ReadOnlySpan<byte> file, OrientationMetadata to)
    {
        int left = MostBytes;
        // Each chunk: its body's length, its type, the body, a checksum.
        for (var rest = file[Signature..]; rest.Length >= 12 && !to.IsKnown && left > 0;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12) return;
            var type = rest[4..8];
            var body = rest.Slice(8, (int)length);
            if (type.SequenceEqual("eXIf"u8)) to.AddExif(body);
            else if (type.SequenceEqual("tEXt"u8) || type.SequenceEqual("zTXt"u8) || type.SequenceEqual("iTXt"u8))
                ShowText(type, body, to, ref left);
            rest = rest[(12 + (int)length)..];
        }
    }

    private static void ShowText(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, OrientationMetadata to, ref int left)
    {
        int end = body.IndexOf((byte)0);
        if (end < 0) return;
        var keyword = body[..end];
        bool isXmp = keyword.SequenceEqual("XML:com.adobe.xmp"u8);
        const string Raw = "Raw profile type ";
        bool isRaw = keyword.Length > Raw.Length && Ascii.EqualsIgnoreCase(keyword[..Raw.Length], Raw);
        if (!isXmp && !isRaw) return;
        var text = Text(type, body[(end + 1)..], left);
        left -= text.Length;
        if (isXmp)
        {
            to.AddXmp(text);
            return;
        }
        byte[] profile = RawProfile(text);
        var name = keyword[Raw.Length..];
        if (Ascii.EqualsIgnoreCase(name, "exif") || Ascii.EqualsIgnoreCase(name, "app1")) to.AddApp1(profile);
        else if (Ascii.EqualsIgnoreCase(name, "xmp")) to.AddXmp(profile);
    }

    /// <summary>The text of a chunk behind its keyword, unpacked; empty where it is damaged.</summary>
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, int most)
    {
        if (type.SequenceEqual("tEXt"u8)) return body[..Math.Min(body.Length, most)];
        // zTXt: a byte for how it is packed. iTXt: whether and how it is packed, and two strings about its language.
        if (body.Length < 1) return [];
        if (type.SequenceEqual("zTXt"u8)) return Unpack(body[1..], most);
        if (body.Length < 2) return [];
        bool isPacked = body[0] == 1;
        var rest = body[2..];
        for (int i = 0; i < 2; i++)
        {
            int end = rest.IndexOf((byte)0);
            if (end < 0) return [];
            rest = rest[(end + 1)..];
        }
        return isPacked ? Unpack(rest, most) : rest[..Math.Min(rest.Length, most)];
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packed, int most)
    {
        using var zlib = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        using var text = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            for (int read; text.Length < most && (read = zlib.Read(buffer)) > 0;) text.Write(buffer, 0, read);
        }
        catch (InvalidDataException)
        {
            // What came before the damage is looked at.
        }
        return text.ToArray();
    }

    /// <summary>The bytes of a raw profile: its name on a line, its length, then hexadecimal digits with line breaks between.</summary>
    private static byte[] RawProfile(ReadOnlySpan<byte> text)
    {
        text = text.TrimStart(" \r\n\t"u8);
        int line = text.IndexOf((byte)'\n');
        if (line < 0) return [];
        text = text[line..].TrimStart(" \r\n\t"u8);
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit((char)text[digits])) digits++;
        if (!int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int length)) return [];
        var profile = new List<byte>(Math.Min(length, text.Length / 2));
        int high = -1;
        foreach (byte letter in text[digits..])
        {
            if (profile.Count == length) break;
            if (!char.IsAsciiHexDigit((char)letter)) continue;
            int digit = letter <= (byte)'9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
            if (high < 0) high = digit;
            else
            {
                profile.Add((byte)(16 * high + digit));
                high = -1;
            }
        }
        return [.. profile];
    }
}
