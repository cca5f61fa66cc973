using System.ComponentModel;
using System.Diagnostics;

namespace Fer.Tests.Video;

/// <summary>Videos made by ffmpeg.</summary>
internal static class TestVideo
{
    /// <summary>Why tests of videos are skipped, or null where they can run.</summary>
    internal static string? Missing { get; } = Starts() ? null : "ffmpeg is not installed.";

    /// <summary>Runs ffmpeg, which must succeed.</summary>
    internal static void Make(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("ffmpeg", ["-nostdin", "-loglevel", "error", "-y", .. arguments]) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }

    private static bool Starts()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-version"]) { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
