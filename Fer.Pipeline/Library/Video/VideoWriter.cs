using System.Globalization;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Video;

/// <summary>Writes frames as a video through ffmpeg, all of it or nothing; the format follows from the file extension.</summary>
internal sealed class VideoWriter : IDisposable
{
    private readonly Ffmpeg _ffmpeg;
    private readonly string _path, _temporary;
    private readonly int _width, _height;
    private readonly double _framesASecond;
    private long _frames;

    /// <summary>Starts a video.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="width">Width of every frame.</param>
    /// <param name="height">Height of every frame.</param>
    /// <param name="framesASecond">Frames per second.</param>
    /// <param name="soundFrom">The video to take the sound from, if it has any.</param>
    /// <exception cref="FerException">ffmpeg is missing, or the folder cannot be created.</exception>
    internal VideoWriter(string path, int width, int height, double framesASecond, string soundFrom)
    {
        (_path, _width, _height, _framesASecond) = (path, width, height, framesASecond);
        _temporary = Path.ChangeExtension(path, $"{Environment.ProcessId}.tmp{Path.GetExtension(path)}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e.Message, e);
        }
        _ffmpeg = new Ffmpeg("ffmpeg",
        [
            "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", $"{width}x{height}",
            "-framerate", framesASecond.ToString(CultureInfo.InvariantCulture), "-i", "-", "-protocol_whitelist", "file,pipe", "-i",
            soundFrom,
            // Most encoders accept only even sides.
            "-map", "0:v", "-map", "1:a:0?", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", _temporary,
        ], writesInput: true);
    }

    /// <summary>Adds a frame.</summary>
    /// <exception cref="FerException">ffmpeg stopped.</exception>
    internal void Write(RgbImage image)
    {
        if (image.Width != _width || image.Height != _height)
            throw new FerException($"{_path}: the frame size changes from {_width} x {_height} to {image.Width} x {image.Height} pixels, "
                + "but a video has one size. Split the video there.");
        try
        {
            _ffmpeg.Input.Write(image.Pixels);
            _frames++;
        }
        catch (IOException e)
        {
            throw Unwritable(_ffmpeg.Wait() ?? _ffmpeg.Complaints ?? e.Message, e);
        }
    }

    /// <summary>Finishes the video, checks that all of it is there, and moves it into place.</summary>
    /// <exception cref="FerException">ffmpeg failed, or the file does not hold what was written.</exception>
    internal void Finish()
    {
        try
        {
            _ffmpeg.Input.Close();
            if (_ffmpeg.Wait() is { } complaint) throw Unwritable(complaint);
            // Its exit code is 0 on a full disk as well.
            if (Fault(_temporary, _frames, _framesASecond) is { } fault) throw Unwritable(_ffmpeg.Complaints ?? fault);
            File.Move(_temporary, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e.Message, e);
        }
    }

    public void Dispose()
    {
        _ffmpeg.Dispose();
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The temporary file stays; the error that led here is the one to report.
        }
    }

    /// <summary>What is wrong with a file that was written, or null for nothing. Only its packets are listed; nothing is decoded.</summary>
    /// <param name="path">The file.</param>
    /// <param name="frames">How many frames were written.</param>
    /// <param name="framesASecond">Frames per second.</param>
    internal static string? Fault(string path, long frames, double framesASecond)
    {
        using var probe = new Ffmpeg("ffprobe",
            ["-v", "error", "-select_streams", Ffmpeg.Pictures, "-show_entries", "packet=pts_time", "-of", "csv=p=0", path]);
        using var packets = new StreamReader(probe.Output);
        double first = double.PositiveInfinity, last = double.NegativeInfinity;
        while (packets.ReadLine() is { } line)
        {
            if (!double.TryParse(line.TrimEnd(','), CultureInfo.InvariantCulture, out double time)) continue;
            (first, last) = (Math.Min(first, time), Math.Max(last, time));
        }
        if (probe.Wait() is { } complaint) return $"the file cannot be played, {complaint}";
        // A format with frame rates of its own may round.
        double seconds = (frames - 1) / framesASecond, written = Math.Max(0, last - first);
        return !(last >= first) ? "the file holds no frame"
            : seconds - written > Math.Max(1, 0.1 * seconds)
                ? string.Create(CultureInfo.InvariantCulture, $"the file holds {written:F1} of {seconds:F1} seconds")
            : null;
    }

    private FerException Unwritable(string why, Exception? inner = null)
    {
        string message = $"{_path}: the video cannot be written ({why}). "
            + "Check the folder, the free disk space, and that the file has a video extension such as .mp4.";
        return inner is null ? new FerException(message) : new FerException(message, inner);
    }
}
