namespace Fer.Pipeline.Images;

/// <summary>The frame header of a JPEG file (ITU-T T.81, B.2.2): its size and components.</summary>
internal sealed class JpegFrame
{
    internal required int Width { get; init; }

    internal required int Height { get; init; }

    internal required bool IsProgressive { get; init; }

    internal required JpegComponent[] Components { get; init; }

    /// <summary>Blocks across the widest component of an MCU.</summary>
    internal int MaxHorizontal { get; private init; }

    /// <summary>Blocks down the tallest component of an MCU.</summary>
    internal int MaxVertical { get; private init; }

    internal int McusAcross { get; private init; }

    internal int McusDown { get; private init; }

    /// <summary>Reads and checks the segment; nothing is allocated from its sizes yet.</summary>
    internal static JpegFrame Read(JpegSegments segments, byte marker, ReadOnlySpan<byte> body, int maxPixels)
    {
        string? unread = marker switch
        {
            0xC0 or 0xC1 or 0xC2 => null,
            0xC3 => "lossless coding",
            0xC5 or 0xC6 or 0xC7 => "a hierarchy of frames",
            _ => "arithmetic coding",
        };
        if (unread is not null) throw segments.Unread(unread);
        if (body.Length < 6 || body.Length != 6 + 3 * body[5]) throw segments.Broken("its frame header has a wrong length");
        if (body[0] != 8) throw segments.Unread($"{body[0]} bits a sample");
        int height = (body[1] << 8) | body[2], width = (body[3] << 8) | body[4];
        if (height == 0) throw segments.Unread("a height that only the end of the data tells");
        ImageDecoder.CheckSize(width, height, maxPixels, segments.Name);
        if (body[5] is not (1 or 3 or 4)) throw segments.Unread($"{body[5]} colour components");

        var components = new JpegComponent[body[5]];
        for (int i = 0; i < components.Length; i++)
        {
            var part = body.Slice(6 + 3 * i, 3);
            int horizontal = part[1] >> 4, vertical = part[1] & 15;
            if (horizontal is < 1 or > 4 || vertical is < 1 or > 4) throw segments.Broken($"component {part[0]} is sampled {horizontal} x {vertical}");
            if (part[2] > 3) throw segments.Broken($"component {part[0]} names the quantisation table {part[2]}");
            // A component alone makes MCUs of one block, whatever its header says.
            if (components.Length == 1) (horizontal, vertical) = (1, 1);
            components[i] = new JpegComponent { Id = part[0], Horizontal = horizontal, Vertical = vertical, Table = part[2] };
        }
        if (components.Select(c => c.Id).Distinct().Count() < components.Length) throw segments.Broken("two components have the same number");

        int across = components.Max(c => c.Horizontal), down = components.Max(c => c.Vertical);
        var frame = new JpegFrame
        {
            Width = width,
            Height = height,
            IsProgressive = marker == 0xC2,
            Components = components,
            MaxHorizontal = across,
            MaxVertical = down,
            McusAcross = Ceiling(width, 8 * across),
            McusDown = Ceiling(height, 8 * down),
        };
        foreach (var c in components)
        {
            c.Width = Ceiling(width * c.Horizontal, across);
            c.Height = Ceiling(height * c.Vertical, down);
            c.BlocksAcross = frame.McusAcross * c.Horizontal;
            c.BlocksDown = frame.McusDown * c.Vertical;
        }
        return frame;
    }

    /// <summary>Takes the memory of the samples, once it is known that the file is long enough to hold so many blocks.</summary>
    internal void Allocate(JpegSegments segments, int fileBytes)
    {
        // Each block takes at least a bit for its DC coefficient, and another for its end where it holds all coefficients.
        long blocks = Components.Sum(c => (long)Ceiling(c.Width, 8) * Ceiling(c.Height, 8));
        if (blocks * (IsProgressive ? 1 : 2) > 8L * fileBytes) throw segments.Broken("it has too little data for its size");
        foreach (var c in Components)
        {
            c.Samples = new byte[64 * c.BlocksAcross * c.BlocksDown];
            if (IsProgressive) c.Coefficients = new short[64 * c.BlocksAcross * c.BlocksDown];
        }
    }

    internal static int Ceiling(int value, int divisor) => (value + divisor - 1) / divisor;
}
