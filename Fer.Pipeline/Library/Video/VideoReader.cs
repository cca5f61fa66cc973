using System.Globalization;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Video;

/// <summary>Reads the frames of a video through ffmpeg, one at a time, rotated upright as its metadata says.</summary>
/// <param name="path">The video.</param>
/// <param name="framesASecond">Frames per second to return, whatever the video has.</param>
internal sealed class VideoReader(string path, double framesASecond) : IDisposable
{
    // More than an ordinary camera's.
    private const double MostFramesASecond = 60;

    // A playlist must not make ffmpeg open anything over the network.
    private static readonly string[] Source = ["-protocol_whitelist", "file,pipe", "-i"];

    // Binary PPM: each frame starts with a short header with its size, so nothing has to be known in advance.
    private readonly Ffmpeg _ffmpeg = new("ffmpeg",
    [
        "-nostdin", "-loglevel", "error", .. Source, path, "-map", "0:v:0", "-vf",
        string.Create(CultureInfo.InvariantCulture, $"fps={framesASecond}"),
        "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-",
    ]);

    /// <summary>The video's frame rate, if it is known; at most 60.</summary>
    /// <exception cref="FerException">There is no ffprobe, or it cannot read the video.</exception>
    internal static double FramesASecondOf(string path)
    {
        using var probe = new Ffmpeg("ffprobe",
            ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate", "-of", "default=noprint_wrappers=1:nokey=1",
                .. Source, path]);
        using var text = new StreamReader(probe.Output);
        string rate = text.ReadToEnd().Split('\n')[0].Trim();
        if (probe.Wait() is { } complaint) throw Unreadable(path, complaint);
        // A fraction, such as 30000/1001; 0/0 where it is not known.
        string[] parts = rate.Split('/');
        double value = parts.Length == 2 && double.TryParse(parts[0], CultureInfo.InvariantCulture, out double above) && double.TryParse(
            parts[1], CultureInfo.InvariantCulture, out double below)
            ? above / below : double.NaN;
        return value > 0 ? Math.Min(value, MostFramesASecond) : 25;
    }

    /// <summary>The frames, in order.</summary>
    /// <exception cref="FerException">It is not a video, or is damaged.</exception>
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
        if (_ffmpeg.Wait() is { } complaint) throw Unreadable(path, complaint);
        if (count == 0) throw Unreadable(path, "it has no frame");
    }

    public void Dispose() => _ffmpeg.Dispose();

    private static FerException Unreadable(string path, string why) =>
        new($"{path}: ffmpeg cannot read it as a video ({why}). Check the file.");

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
