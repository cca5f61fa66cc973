using Fer.Pipeline.Video;

namespace Fer.Tests.Video;

public sealed class VideoKindTests
{
    [Theory]
    [InlineData("a.mp4")]
    [InlineData("a.mov")]
    [InlineData("a.3gp")]
    [InlineData("a.mkv")]
    [InlineData("a.webm")]
    [InlineData("a.avi")]
    [InlineData("a.mpg")]
    [InlineData("a.ts")]
    [InlineData("a.m2ts")]
    [InlineData("a.wmv")]
    [InlineData("a.flv")]
    [InlineData("a.ogv")]
    [InlineData("a.mxf")]
    public void What_ffmpeg_writes_is_told_by_its_first_bytes(string name)
    {
        Assert.SkipUnless(TestVideo.Missing is null, TestVideo.Missing ?? "");
        using var folder = new TemporaryFolder();
        string file = folder.File(name);
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=352x288:rate=25:duration=0.2", "-strict", "-1", file);
        Assert.True(VideoKind.Is(Fer.Pipeline.Images.FileWalk.Head(file)), name);
    }

    [Theory]
    [InlineData("0000001C667479704D344120")] // Sound.
    [InlineData("00000018667479706D696631")] // HEIC.
    [InlineData("4F676753000200000000000000000000000000000000000000000000011E01766F72626973")] // Vorbis in Ogg.
    [InlineData("52494646000000005741564566")] // WAVE.
    [InlineData("474946383961")]
    [InlineData("23455854")]
    [InlineData("47")]
    [InlineData("")]
    public void Sound_pictures_and_texts_are_none(string bytes) => Assert.False(VideoKind.Is(Convert.FromHexString(bytes)));

    [Fact]
    public void An_ending_counts_where_the_first_bytes_tell_nothing()
    {
        Assert.True(VideoKind.Is("a.MP4", "?"u8));
        Assert.False(VideoKind.Is("a.mp4", [0xFF, 0xD8, 0xFF, 0xE0]));
        Assert.False(VideoKind.Is("a.ts", "export const a = 1;"u8));
    }
}
