using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public class JpegPassesTests
{
    [Theory]
    [InlineData(4000, 6000, 1, 20, false)]
    [InlineData(4000, 6000, 1, 21, true)]
    [InlineData(4000, 6000, 3, 60, false)]
    [InlineData(4000, 6000, 3, 61, true)]
    [InlineData(65_500, 500, 1, 99, true)]
    // A small picture may be sent in as many passes as there are bits.
    [InlineData(480, 640, 1, 80, false)]
    [InlineData(480, 640, 1, 90, true)]
    public void Passes_over_a_picture_are_bound_by_its_size(int height, int width, int components, int scans, bool tooMany) =>
        Assert.Equal(tooMany, JpegPasses.AreTooMany(File(height, width, components, scans)));

    [Fact]
    public void What_looks_like_a_scan_elsewhere_does_not_count()
    {
        byte[] file = File(4000, 6000, 1, 20);
        // A thumbnail of many scans in an application segment, and stray bytes between segments.
        byte[] thumbnail = File(100, 100, 1, 60)[2..];
        byte[] segment = [0xFF, 0xE1, (byte)((thumbnail.Length + 2) >> 8), (byte)(thumbnail.Length + 2), .. thumbnail];
        Assert.False(JpegPasses.AreTooMany([.. file[..2], .. segment, 1, 2, 3, .. file[2..]]));
    }

    [Fact]
    public void A_file_cut_anywhere_is_counted_as_far_as_it_goes()
    {
        byte[] file = File(4000, 6000, 3, 61);
        for (int length = 0; length < file.Length - 8; length += 7) Assert.False(JpegPasses.AreTooMany(file.AsSpan(0, length)));
    }

    [Fact]
    public void Such_a_file_is_refused_before_it_is_decoded()
    {
        var e = Assert.Throws<FerException>(() => ImageDecoder.Decode(File(4000, 6000, 1, 99), "bomb.jpg"));
        Assert.Contains("bomb.jpg: a broken JPEG, it passes over its picture far more often", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoding_that_is_cancelled_does_not_begin() => Assert.Throws<OperationCanceledException>(
        () => ImageDecoder.DecodeUnlessCancelled(File(8, 8, 1, 1), "p.jpg", 64, new CancellationToken(true)));

    /// <summary>A progressive file of scans without data, each over one component in turn.</summary>
    private static byte[] File(int height, int width, int components, int scans)
    {
        List<byte> file = [0xFF, 0xD8, 0xFF, 0xC2, 0, (byte)(8 + 3 * components), 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8),
            (byte)width, (byte)components];
        for (int c = 1; c <= components; c++) file.AddRange([(byte)c, 0x11, 0]);
        for (int scan = 0; scan < scans; scan++)
            file.AddRange([0xFF, 0xDA, 0, 8, 1, (byte)(1 + scan % components), 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]);
        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }
}
