namespace Fer.Pipeline.Images;

/// <summary>
/// Reads JPEG files (ITU-T T.81) of 8 bits a sample with Huffman coding: sequential and progressive, every sampling, restart markers, grey,
/// YCbCr, RGB, CMYK and YCCK. Turns the image upright by its Exif orientation. Colour profiles are passed over.
/// </summary>
internal static class JpegDecoder
{
    // A file of a few bytes a scan could ask for any number of walks over a large image; cameras and programs write about ten.
    private const int MostScans = 100;

    /// <summary>Reads a JPEG file in memory.</summary>
    /// <exception cref="FerException">It is no sound JPEG, too large, or of a kind that is not read.</exception>
    internal static RgbImage Decode(ReadOnlySpan<byte> file, string name, int maxPixels = GrayImage.MaxPixels)
    {
        var segments = new JpegSegments(name);
        JpegFrame? frame = null;
        int at = 2, scans = 0;
        while (true)
        {
            byte marker = NextMarker(file, segments, ref at, leniently: scans > 0);
            if (marker == 0xD9) break;
            // Some cameras leave out the end marker; what is complete without it is shown.
            if (marker == 0 && frame is { IsProgressive: false } && frame.Components.All(c => c.Steps is not null)) break;
            var body = ReadBody(file, segments, marker, ref at);
            if (IsFrame(marker))
            {
                if (frame is not null) throw segments.Broken("it has two frame headers");
                frame = JpegFrame.Read(segments, marker, body, Math.Min(maxPixels, GrayImage.MaxPixels));
                frame.Allocate(segments, file.Length);
            }
            else if (marker == 0xDA)
            {
                if (frame is null) throw segments.Broken("its data begins before its frame header");
                if (++scans > MostScans) throw segments.Broken($"it has more than {MostScans} scans");
                var (components, spectrum) = segments.ReadScan(frame, body);
                at = new JpegScan(segments, frame, components, spectrum, file, at).Decode();
            }
            else segments.Read(marker, body);
        }
        if (frame is null || frame.Components.Any(c => c.Steps is null)) throw segments.Broken("its picture data is missing", at);
        foreach (var component in frame.Components) InverseTransform(frame, component);
        return ExifOrientation.Upright(JpegColor.ToRgb(frame, segments.ColorSpace(frame)), segments.Orientation);
    }

    /// <summary>Width and height by the frame header.</summary>
    /// <exception cref="FerException">It is no sound JPEG.</exception>
    internal static (int Width, int Height) ReadSize(ReadOnlySpan<byte> file, string name)
    {
        var segments = new JpegSegments(name);
        int at = 2;
        while (true)
        {
            byte marker = NextMarker(file, segments, ref at, leniently: false);
            var body = ReadBody(file, segments, marker, ref at);
            if (IsFrame(marker))
            {
                var frame = JpegFrame.Read(segments, marker, body, int.MaxValue);
                return (frame.Width, frame.Height);
            }
            if (marker is 0xD9 or 0xDA) throw segments.Broken("its frame header is missing");
        }
    }

    /// <summary>Finds the next marker and moves behind it; 0 at the end of the file, where the caller can do without.</summary>
    private static byte NextMarker(ReadOnlySpan<byte> file, JpegSegments segments, ref int at, bool leniently)
    {
        segments.At = at;
        // After a scan there may be padding, or bits that were read ahead.
        if (leniently)
        {
            while (at + 1 < file.Length && !(file[at] == 0xFF && file[at + 1] is not 0 and not 0xFF and not (>= 0xD0 and <= 0xD7))) at++;
            if (at + 1 >= file.Length) return 0;
            segments.At = at;
        }
        if (at >= file.Length) throw segments.Broken("the file ends before its picture data");
        if (file[at] != 0xFF) throw segments.Broken("a segment does not begin with a marker");
        while (at < file.Length && file[at] == 0xFF) at++;
        return at < file.Length ? file[at++] : throw segments.Broken("the file ends before its picture data");
    }

    private static ReadOnlySpan<byte> ReadBody(ReadOnlySpan<byte> file, JpegSegments segments, byte marker, ref int at)
    {
        if (marker == 0) throw segments.Broken("the file ends before its picture does");
        if (marker is 0x01 or 0xD8 or (>= 0xD0 and <= 0xD7)) throw segments.Broken($"the marker FF{marker:X2} stands where a segment should begin");
        int length = file.Length - at >= 2 ? (file[at] << 8) | file[at + 1] : 0;
        if (marker is not 0xD9 && (length < 2 || length > file.Length - at)) throw segments.Broken("a segment is cut short");
        if (marker == 0xD9) return [];
        var body = file.Slice(at + 2, length - 2);
        at += length;
        return body;
    }

    // SOF0 … SOF15, of which three numbers belong to other segments.
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static void InverseTransform(JpegFrame frame, JpegComponent component)
    {
        if (!frame.IsProgressive) return;
        for (int y = 0; y < component.BlocksDown; y++)
        {
            for (int x = 0; x < component.BlocksAcross; x++)
            {
                var block = component.Coefficients.AsSpan(64 * (y * component.BlocksAcross + x), 64);
                int last = block[1..].IndexOfAnyExcept((short)0) < 0 ? 0 : 63;
                InverseDct.Transform(block, component.Steps, last, component.Samples.AsSpan(8 * y * component.Stride + 8 * x), component.Stride);
            }
        }
        component.Coefficients = [];
    }
}
