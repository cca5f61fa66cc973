using System.Globalization;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Video;

/// <summary>Writes frames as a video through ffmpeg, whole or not at all; the kind of file follows from its name's ending.</summary>
internal sealed class VideoWriter : IDisposable
{
    private readonly Ffmpeg _ffmpeg;
    private readonly string _path, _temporary;
    private readonly int _width, _height;

    /// <summary>Begins a video.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="width">Of every frame.</param>
    /// <param name="height">Of every frame.</param>
    /// <param name="framesASecond">How fast they follow.</param>
    /// <param name="soundFrom">The video whose sound to take, if it has any.</param>
    /// <exception cref="FerException">There is no ffmpeg, or the folder cannot be made.</exception>
    internal VideoWriter(string path, int width, int height, double framesASecond, string soundFrom)
    {
        (_path, _width, _height) = (path, width, height);
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
            "-framerate", framesASecond.ToString(CultureInfo.InvariantCulture), "-i", "-", "-protocol_whitelist", "file,pipe", "-i", soundFrom,
            // Most encoders take even sides only.
            "-map", "0:v", "-map", "1:a:0?", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", _temporary,
        ], writesInput: true);
    }

    /// <summary>Adds a frame.</summary>
    /// <exception cref="FerException">ffmpeg stopped.</exception>
    internal void Write(RgbImage image)
    {
        if (image.Width != _width || image.Height != _height)
            throw new FerException($"{_path}: the frames change from {_width} x {_height} to {image.Width} x {image.Height} pixels, which no copy can hold. Cut the video there.");
        try
        {
            _ffmpeg.Input.Write(image.Pixels);
        }
        catch (IOException e)
        {
            throw Unwritable(_ffmpeg.Wait() ?? e.Message, e);
        }
    }

    /// <summary>Ends the video and puts it in its place.</summary>
    /// <exception cref="FerException">ffmpeg failed.</exception>
    internal void Finish()
    {
        try
        {
            _ffmpeg.Input.Close();
            if (_ffmpeg.Wait() is { } complaint) throw Unwritable(complaint);
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
            // It stays behind; the error that led here is the one to tell.
        }
    }

    private FerException Unwritable(string why, Exception? inner = null)
    {
        string message = $"{_path}: the video cannot be written ({why}). Check the folder, the disk's room, and that the name ends as a video's, for instance in .mp4.";
        return inner is null ? new FerException(message) : new FerException(message, inner);
    }
}
