using System.Globalization;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Video;

/// <summary>
/// Reads the frames of a video through ffmpeg, one at a time, as a player shows them: rotated upright and with square pixels, as its
/// metadata says.
/// </summary>
/// <param name="path">The video.</param>
/// <param name="framesASecond">Frames per second to return, whatever the video has.</param>
/// <param name="facts">What its header says, to tell whether all of it was read.</param>
internal sealed class VideoReader(string path, double framesASecond, VideoFacts facts) : IDisposable
{
    // Pixels as wide as high: the shorter side grows, so that no detail is lost. A ratio of almost 1 only rounds sides, and one beyond 10
    // is no camera's.
    private const string Ratio = "if(between(sar,0.1,10)*not(between(sar,0.99,1.01)),sar,1)";
    private const string SquarePixels = $"scale=w='round(iw*max({Ratio},1))':h='round(ih/min({Ratio},1))',setsar=1";

    // Binary PPM: each frame starts with a short header with its size, so nothing has to be known in advance. The last frame passes even
    // where it lasts for less than half of the time between two: it may be the only one.
    private readonly Ffmpeg _ffmpeg = new("ffmpeg",
    [
        "-nostdin", "-loglevel", "error", .. Ffmpeg.Source, path, "-map", $"0:{Ffmpeg.Pictures}", "-vf",
        string.Create(CultureInfo.InvariantCulture, $"fps=fps={framesASecond}:eof_action=pass,{SquarePixels}"),
        "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-",
    ]);

    /// <summary>How much of the video is missing, in words, or null; known at the end of <see cref="Frames"/>.</summary>
    internal string? Missing { get; private set; }

    /// <summary>What ffmpeg complained of, or null for nothing; known at the end of <see cref="Frames"/>.</summary>
    internal string? Complaints { get; private set; }

    /// <summary>The frames, in order.</summary>
    /// <exception cref="FerException">It is not a video, or nothing of it can be read.</exception>
    internal IEnumerable<VideoFrame> Frames()
    {
        using var stream = new BufferedStream(_ffmpeg.Output, 1 << 16);
        RgbImage? image = null;
        long count = 0;
        for (; ReadHead(stream) is var (width, height) && width > 0; count++)
        {
            if (image is null || image.Width != width || image.Height != height)
            {
                ImageDecoder.CheckSize(width, height, GrayImage.MaxPixels, path);
                image = new RgbImage(width, height, new byte[3 * width * height]);
            }
            if (stream.ReadAtLeast(image.Pixels, image.Pixels.Length, throwOnEndOfStream: false) < image.Pixels.Length) break;
            yield return new VideoFrame(image, count / framesASecond);
        }
        string? failure = _ffmpeg.Wait();
        Complaints = _ffmpeg.Complaints;
        if (count == 0) throw Ffmpeg.Unreadable(path, failure ?? Complaints ?? "it has no frame");
        Missing = MissingOf(count / framesASecond, failure);
    }

    public void Dispose() => _ffmpeg.Dispose();

    /// <summary>
    /// ffmpeg exits with 0 where a file ends in the middle of the video. Without a complaint of its own it takes more to say so: the last
    /// frame of a recording of a screen may stand for seconds.
    /// </summary>
    private string? MissingOf(double read, string? failure)
    {
        bool complained = Complaints is not null;
        double? whole = facts.Seconds ?? (complained ? facts.FileSeconds : null);
        if (whole is { } seconds && seconds - read > (complained ? Math.Max(0.5, 0.02 * seconds) : Math.Max(2, 0.1 * seconds)))
            return string.Create(CultureInfo.InvariantCulture, $"only the first {read:F1} of {seconds:F1} seconds could be read");
        return failure is null ? null : string.Create(CultureInfo.InvariantCulture, $"reading stopped after {read:F1} seconds");
    }

    /// <summary>Reads "P6 width height 255" with any white space between and one after; width 0 at the end of the stream.</summary>
    private static (int Width, int Height) ReadHead(Stream stream)
    {
        Span<int> numbers = stackalloc int[3];
        if (stream.ReadByte() != 'P' || stream.ReadByte() != '6') return default;
        int next = stream.ReadByte();
        foreach (ref int number in numbers)
        {
            while (next is ' ' or '\n' or '\r' or '\t') next = stream.ReadByte();
            for (number = 0; next is >= '0' and <= '9' && number < 1_000_000; next = stream.ReadByte()) number = 10 * number + next - '0';
        }
        return numbers[2] == 255 ? (numbers[0], numbers[1]) : default;
    }
}
