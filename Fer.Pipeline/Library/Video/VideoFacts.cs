using System.Globalization;
using System.Text.Json;

namespace Fer.Pipeline.Video;

/// <summary>What a video's header says, by ffprobe.</summary>
/// <param name="FramesASecond">Its frame rate, at most 60; 25 where it is not known.</param>
/// <param name="Seconds">How long its pictures last; null where the header does not say.</param>
/// <param name="FileSeconds">How long the longest of pictures and sound lasts; null where the header does not say.</param>
internal sealed record VideoFacts(double FramesASecond, double? Seconds, double? FileSeconds)
{
    // More than an ordinary camera's.
    private const double MostFramesASecond = 60;

    private const double UsualFramesASecond = 25;

    /// <summary>Reads a video's header.</summary>
    /// <exception cref="FerException">There is no ffprobe, or it finds no moving pictures.</exception>
    internal static VideoFacts Of(string path)
    {
        using var probe = new Ffmpeg("ffprobe",
        [
            "-v", "error", "-select_streams", Ffmpeg.Pictures, "-show_entries",
            "stream=avg_frame_rate,duration,nb_frames:stream_tags=DURATION:format=duration", "-of", "json", .. Ffmpeg.Source, path,
        ]);
        using var text = new StreamReader(probe.Output);
        string json = text.ReadToEnd();
        if (probe.Wait() is { } complaint) throw Ffmpeg.Unreadable(path, complaint);
        using var document = JsonDocument.Parse(json);
        var streams = document.RootElement.GetProperty("streams");
        if (streams.GetArrayLength() == 0) throw Ffmpeg.Unreadable(path, "it has no moving pictures");
        var stream = streams[0];
        double? file = document.RootElement.TryGetProperty("format", out var format) ? Number(Text(format, "duration")) : null;
        string? tag = stream.TryGetProperty("tags", out var tags) ? Text(tags, "DURATION") : null;
        double? rate = Rate(Text(stream, "avg_frame_rate"));
        double? seconds = Number(Text(stream, "duration")) ?? Clock(tag);
        // Of a cut AVI ffprobe guesses the duration by the file's length; the header's count of frames is the true one.
        double? counted = Number(Text(stream, "nb_frames")) / rate;
        if (counted > (seconds ?? 0)) seconds = counted;
        return new VideoFacts(Math.Min(rate ?? UsualFramesASecond, MostFramesASecond), seconds, file);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(string? text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double value) && value > 0 ? value : null;

    /// <summary>Matroska's <c>00:00:20.000000000</c>.</summary>
    private static double? Clock(string? text)
    {
        double seconds = 0;
        foreach (string part in text?.Split(':') ?? [])
        {
            if (!double.TryParse(part, CultureInfo.InvariantCulture, out double value)) return null;
            seconds = 60 * seconds + value;
        }
        return seconds > 0 ? seconds : null;
    }

    /// <summary>A fraction, such as 30000/1001; 0/0 where it is not known.</summary>
    private static double? Rate(string? text)
    {
        string[] parts = text?.Split('/') ?? [];
        return parts.Length == 2 ? Number(parts[0]) / Number(parts[1]) : null;
    }
}
