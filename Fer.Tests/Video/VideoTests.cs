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
        Assert.Equal((20, 2, 2), (VideoFacts.Of(video).FramesASecond, VideoFacts.Of(video).Seconds, VideoFacts.Of(video).FileSeconds));
        using var reader = Reader(video, 5);
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
        using var reader = Reader(copy, 10);
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
        using var reader = Reader(file, 5);
        Assert.Contains("a.mp4", Assert.Throws<FerException>(() => reader.Frames().Count()).Message);
        Assert.Throws<FerException>(() => VideoFacts.Of(file));
        using var missing = Reader(_folder.File("none.mp4"), 5);
        Assert.Contains("No such file", Assert.Throws<FerException>(() => missing.Frames().Count()).Message);
    }

    [Fact]
    public void A_playlist_reaches_nothing_over_the_network()
    {
        SkipWithoutFfmpeg();
        string list = _folder.Write("a.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n");
        using var reader = Reader(list, 5);
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

    [Theory]
    [InlineData("mp4", "-r 25")]
    [InlineData("mkv", "-r 25")]
    [InlineData("gif", "-r 25")]
    [InlineData("ts", "-r 25")]
    [InlineData("avi", "-r 50")]
    public void A_film_of_one_frame_has_it(string ending, string rate)
    {
        SkipWithoutFfmpeg();
        string video = _folder.File("a." + ending);
        TestVideo.Make([.. "-f lavfi -i testsrc=size=64x48 -frames:v 1".Split(' '), .. rate.Split(' '), video]);
        foreach (double wanted in (double[])[1, 10, 25])
        {
            using var reader = Reader(video, wanted, VideoFacts.Of(video));
            // A GIF shows its frame for a tenth of a second.
            Assert.InRange(reader.Frames().Count(), 1, 3);
            Assert.Null(reader.Missing);
        }
    }

    [Theory]
    [InlineData("2", 128, 48)]
    [InlineData("1/2", 64, 96)]
    // Rounded by whoever encoded it: no pixel is resampled.
    [InlineData("639/640", 64, 48)]
    [InlineData("1", 64, 48)]
    // No camera's.
    [InlineData("300", 64, 48)]
    public void Pixels_become_square(string ratio, int width, int height)
    {
        SkipWithoutFfmpeg();
        string video = _folder.File("a.mp4");
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=0.2", "-vf", $"setsar={ratio}", video);
        using var reader = Reader(video, 10);
        Assert.All(reader.Frames().Select(f => (f.Image.Width, f.Image.Height)), size => Assert.Equal((width, height), size));
    }

    [Theory]
    [InlineData("mkv", "")]
    [InlineData("mp4", "-movflags +faststart")]
    [InlineData("avi", "")]
    public void A_film_that_is_cut_off_says_how_much_is_missing(string ending, string options)
    {
        SkipWithoutFfmpeg();
        string whole = _folder.File("a." + ending);
        TestVideo.Make([.. "-f lavfi -i testsrc=size=160x120:rate=10:duration=20 -g 10".Split(' '),
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), whole]);
        byte[] bytes = File.ReadAllBytes(whole);
        string cut = _folder.Write("cut." + ending, bytes[..(bytes.Length / 2)]);
        using var reader = Reader(cut, 5, VideoFacts.Of(cut));
        Assert.InRange(reader.Frames().Count(), 1, 90);
        Assert.Matches("^only the first [0-9.]+ of 20.0 seconds could be read$", reader.Missing);
        using var sound = Reader(whole, 5, VideoFacts.Of(whole));
        Assert.Equal(100, sound.Frames().Count());
        Assert.Null(sound.Missing);
    }

    [Fact]
    public void Sound_that_goes_on_after_the_pictures_is_nothing_missing()
    {
        SkipWithoutFfmpeg();
        foreach (string name in (string[])["a.mkv", "a.mp4"])
        {
            string video = _folder.File(name);
            TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2", "-f", "lavfi", "-i", "sine=duration=9", video);
            using var reader = Reader(video, 5, VideoFacts.Of(video));
            Assert.InRange(reader.Frames().Count(), 10, 11);
            Assert.Null(reader.Missing);
        }
    }

    [Fact]
    public void A_cover_is_no_film()
    {
        SkipWithoutFfmpeg();
        string cover = _folder.File("cover.png"), music = _folder.File("a.mp3");
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=64x48", "-frames:v", "1", cover);
        TestVideo.Make("-f", "lavfi", "-i", "sine=duration=1", "-i", cover, "-map", "0", "-map", "1", "-disposition:v", "attached_pic",
            music);
        Assert.Contains("no moving pictures", Assert.Throws<FerException>(() => VideoFacts.Of(music)).Message);
    }

    [Fact]
    public void A_copy_is_checked_after_writing_as_on_a_full_disk_ffmpeg_ends_with_exit_code_0()
    {
        SkipWithoutFfmpeg();
        foreach (string ending in (string[])["mp4", "mkv", "gif"])
        {
            string whole = _folder.File("a." + ending);
            TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=9", whole);
            Assert.Null(VideoWriter.Fault(whole, 90, 10));
            Assert.NotNull(VideoWriter.Fault(whole, 180, 10));
            byte[] bytes = File.ReadAllBytes(whole);
            foreach (int kept in (int[])[bytes.Length / 2, 40, 0])
                Assert.NotNull(VideoWriter.Fault(_folder.Write("cut." + ending, bytes[..kept]), 90, 10));
        }
    }

    private static VideoReader Reader(string path, double framesASecond, VideoFacts? facts = null) =>
        new(path, framesASecond, facts ?? new VideoFacts(framesASecond, null, null));

    private static void SkipWithoutFfmpeg() => Assert.SkipUnless(TestVideo.Missing is null, TestVideo.Missing ?? "");
}
