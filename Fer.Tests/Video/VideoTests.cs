using Fer.Pipeline;
using Fer.Pipeline.Images;
using Fer.Pipeline.Video;

namespace Fer.Tests.Video;

public sealed class VideoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Frames_come_in_order_at_the_wanted_rate()
    {
        SkipWithoutFfmpeg();
        string video = _folder.File("a.mp4");
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=64x48:rate=20:duration=2", video);
        Assert.Equal(20, VideoReader.FramesASecondOf(video), 1e-6);
        using var reader = new VideoReader(video, 5);
        var frames = reader.Frames().Select(f => (f.Seconds, f.Image.Width, f.Image.Height)).ToList();
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (i / 5.0, 64, 48)), frames);
    }

    [Fact]
    public void A_written_video_is_read_back_with_its_sound()
    {
        SkipWithoutFfmpeg();
        string source = _folder.File("a.mp4"), copy = _folder.File("copies/b.mp4");
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", "-f", "lavfi", "-i", "sine=duration=1", source);
        using (var writer = new VideoWriter(copy, 63, 47, 10, soundFrom: source))
        {
            for (int i = 0; i < 10; i++)
            {
                var image = new RgbImage(63, 47, new byte[3 * 63 * 47]);
                image.Pixels.AsSpan().Fill((byte)(25 * i));
                writer.Write(image);
            }
            writer.Finish();
        }
        Assert.Equal(["b.mp4"], Directory.EnumerateFiles(_folder.File("copies")).Select(Path.GetFileName));
        using var reader = new VideoReader(copy, 10);
        byte[] middles = [.. reader.Frames().Select(f => f.Image.Pixels[3 * (20 * f.Image.Width + 20)])];
        Assert.Equal(10, middles.Length);
        for (int i = 0; i < 10; i++) Assert.InRange(middles[i] - 25 * i, -4, 4);
        TestVideo.Make("-i", copy, "-map", "0:a:0", "-f", "null", "-");
    }

    [Fact]
    public void A_file_that_is_not_a_video_is_an_error_that_names_it()
    {
        SkipWithoutFfmpeg();
        string file = _folder.Write("a.mp4", "no video");
        using var reader = new VideoReader(file, 5);
        Assert.Contains("a.mp4", Assert.Throws<FerException>(() => reader.Frames().Count()).Message);
        Assert.Throws<FerException>(() => VideoReader.FramesASecondOf(file));
        using var missing = new VideoReader(_folder.File("none.mp4"), 5);
        Assert.Contains("No such file", Assert.Throws<FerException>(() => missing.Frames().Count()).Message);
    }

    [Fact]
    public void A_playlist_reaches_nothing_over_the_network()
    {
        SkipWithoutFfmpeg();
        string list = _folder.Write("a.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n");
        using var reader = new VideoReader(list, 5);
        Assert.Throws<FerException>(() => reader.Frames().Count());
    }

    [Fact]
    public void A_copy_that_was_not_finished_leaves_nothing()
    {
        SkipWithoutFfmpeg();
        string source = _folder.File("a.mp4");
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1", source);
        using (var writer = new VideoWriter(_folder.File("b.mp4"), 64, 48, 10, source))
            writer.Write(new RgbImage(64, 48, new byte[3 * 64 * 48]));
        Assert.Equal(["a.mp4"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_missing_program_error_says_what_to_do() =>
        Assert.Contains("Install ffmpeg", Assert.Throws<FerException>(() => new Ffmpeg("ffmpeg-that-is-not-there", [])).Message);

    private static void SkipWithoutFfmpeg() => Assert.SkipUnless(TestVideo.Missing is null, TestVideo.Missing ?? "");
}
