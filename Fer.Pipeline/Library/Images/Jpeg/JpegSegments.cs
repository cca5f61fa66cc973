namespace Fer.Pipeline.Images;

/// <summary>What the segments before a JPEG file's scans say: tables, how colours are coded, which way up the camera was held.</summary>
internal sealed class JpegSegments(string name)
{
    private readonly int[]?[] _steps = new int[4][];
    private readonly JpegHuffmanTable?[] _dc = new JpegHuffmanTable?[4], _ac = new JpegHuffmanTable?[4];
    private bool _isJfif;

    /// <summary>What messages call the file.</summary>
    internal string Name => name;

    /// <summary>Where the segment at hand begins, for messages.</summary>
    internal int At { get; set; }

    /// <summary>MCUs between restart markers; 0 where there are none.</summary>
    internal int RestartInterval { get; private set; }

    /// <summary>Exif's orientation, 1 … 8; 1 is upright.</summary>
    internal int Orientation { get; private set; } = 1;

    /// <summary>Adobe's colour transform: 0 none, 1 YCbCr, 2 YCCK; null where Adobe's segment is missing.</summary>
    internal int? AdobeTransform { get; private set; }

    /// <summary>How the components of a frame stand for colours, as the reference decoder tells.</summary>
    internal JpegColorSpace ColorSpace(JpegFrame frame)
    {
        var components = frame.Components;
        if (components.Length == 1) return JpegColorSpace.Gray;
        if (components.Length == 4) return AdobeTransform == 2 ? JpegColorSpace.Ycck : JpegColorSpace.Cmyk;
        if (_isJfif) return JpegColorSpace.YCbCr;
        if (AdobeTransform is { } transform) return transform == 0 ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr;
        return components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }] ? JpegColorSpace.Rgb : JpegColorSpace.YCbCr;
    }

    /// <summary>Reads a segment that is neither a frame's nor a scan's header.</summary>
    internal void Read(byte marker, ReadOnlySpan<byte> body)
    {
        switch (marker)
        {
            case 0xDB:
                ReadSteps(body);
                break;
            case 0xC4:
                ReadHuffmanTables(body);
                break;
            case 0xDD:
                if (body.Length != 2) throw Broken("its restart interval has a wrong length");
                RestartInterval = (body[0] << 8) | body[1];
                break;
            case 0xE0:
                _isJfif |= body.StartsWith("JFIF\0"u8);
                break;
            case 0xE1:
                if (body.StartsWith("Exif\0\0"u8)) Orientation = ExifOrientation.Read(body[6..]);
                break;
            case 0xEE:
                if (body.Length >= 12 && body.StartsWith("Adobe"u8)) AdobeTransform = body[11];
                break;
            default:
                break;
        }
    }

    /// <summary>Reads a scan's header and hands its components their tables.</summary>
    internal (JpegComponent[] Components, JpegSpectrum Spectrum) ReadScan(JpegFrame frame, ReadOnlySpan<byte> body)
    {
        if (body.Length < 1 || body[0] is < 1 or > 4 || body.Length != 4 + 2 * body[0]) throw Broken("its scan header has a wrong length");
        var components = new JpegComponent[body[0]];
        var end = body[(1 + 2 * components.Length)..];
        var spectrum = new JpegSpectrum(end[0], end[1], end[2] >> 4, end[2] & 15);
        if (frame.IsProgressive && !spectrum.Fits(components.Length))
            throw Broken($"a scan of coefficients {spectrum.First} to {spectrum.Last}, bits {spectrum.PreviousBit} to {spectrum.Bit}");
        for (int i = 0; i < components.Length; i++)
        {
            byte id = body[1 + 2 * i], tables = body[2 + 2 * i];
            var component = Array.Find(frame.Components, c => c.Id == id) ?? throw Broken($"a scan of component {id}, which the frame does not have");
            if (components.Contains(component)) throw Broken($"a scan has component {id} twice");
            components[i] = component;
            component.Steps ??= _steps[component.Table] ?? throw Broken($"the quantisation table {component.Table} is missing");
            component.Dc = Table(_dc, tables >> 4, needed: !frame.IsProgressive || (spectrum.First == 0 && spectrum.PreviousBit == 0));
            component.Ac = Table(_ac, tables & 15, needed: !frame.IsProgressive || spectrum.First > 0);
        }
        if (components.Length > 1 && components.Sum(c => c.Horizontal * c.Vertical) > 10) throw Broken("a scan has more than ten blocks an MCU");
        return (components, spectrum);
    }

    /// <summary>The error of a damaged file.</summary>
    internal FerException Broken(string what, int? at = null) =>
        new($"{name}: a broken JPEG, {what} (at byte {at ?? At:N0}). Copy or save the image again.");

    /// <summary>The error of a sound file of a kind that is not read.</summary>
    internal FerException Unread(string what) => new($"{name}: a JPEG with {what}, which is not read. Save it as plain JPEG or PNG.");

    private JpegHuffmanTable? Table(JpegHuffmanTable?[] tables, int number, bool needed)
    {
        if (!needed) return null;
        return number < tables.Length && tables[number] is { } table ? table : throw Broken($"the Huffman table {number} is missing");
    }

    private void ReadSteps(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int number = body[0] & 15, bytes = body[0] >> 4 == 0 ? 1 : 2;
            if (body[0] >> 4 > 1 || number > 3 || body.Length < 1 + 64 * bytes) throw Broken("its quantisation table is damaged");
            var steps = new int[64];
            for (int k = 0; k < 64; k++)
                steps[Zigzag.Order[k]] = bytes == 1 ? body[1 + k] : (body[1 + 2 * k] << 8) | body[2 + 2 * k];
            _steps[number] = steps;
            body = body[(1 + 64 * bytes)..];
        }
    }

    private void ReadHuffmanTables(ReadOnlySpan<byte> body)
    {
        while (body.Length > 0)
        {
            int kind = body[0] >> 4, number = body[0] & 15, symbols = 0;
            if (body.Length >= 17)
                foreach (byte count in body[1..17]) symbols += count;
            if (kind > 1 || number > 3 || symbols > 256 || body.Length < 17 + symbols) throw Broken("its Huffman table is damaged");
            (kind == 0 ? _dc : _ac)[number] = JpegHuffmanTable.Create(body[1..17], body.Slice(17, symbols)) ?? throw Broken("its Huffman table is no prefix code");
            body = body[(17 + symbols)..];
        }
    }
}
