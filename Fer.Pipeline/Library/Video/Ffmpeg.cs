using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Fer.Pipeline.Video;

/// <summary>Runs ffmpeg or ffprobe, which may not be installed.</summary>
internal sealed partial class Ffmpeg : IDisposable
{
    /// <summary>The first stream of moving pictures; not a cover or a preview.</summary>
    internal const string Pictures = "V:0";

    // The last lines of its error output say why it stopped.
    private const int KeptLines = 3;

    private readonly Process _process;
    private readonly Queue<string> _complaints = new();

    /// <summary>Starts the program.</summary>
    /// <exception cref="FerException">It is not installed.</exception>
    internal Ffmpeg(string program, IEnumerable<string> arguments, bool writesInput = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = writesInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FerException($"Videos are read by {program}, which is not installed or not on the path. Install ffmpeg (on " +
                "Debian: apt install ffmpeg), or give pictures.", e);
        }
        _process.ErrorDataReceived += (_, line) =>
        {
            if (string.IsNullOrWhiteSpace(line.Data)) return;
            lock (_complaints)
            {
                _complaints.Enqueue(AddressPattern().Replace(line.Data.Trim(), "").TrimEnd('.'));
                if (_complaints.Count > KeptLines) _complaints.Dequeue();
            }
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>What a file is opened with. A playlist must not make ffmpeg open anything over the network.</summary>
    internal static string[] Source { get; } = ["-protocol_whitelist", "file,pipe", "-i"];

    /// <summary>The error of a file that is no video, or a broken one.</summary>
    internal static FerException Unreadable(string path, string why) =>
        new($"{path}: ffmpeg cannot read it as a video ({why}). Check the file.");

    // "[matroska,webm @ 0x55...] ": where the part that complains lies in memory.
    [GeneratedRegex(@" @ 0x[0-9a-f]+(?=\])")]
    private static partial Regex AddressPattern();

    internal Stream Output => _process.StandardOutput.BaseStream;

    internal Stream Input => _process.StandardInput.BaseStream;

    /// <summary>
    /// What the program complained of, or null for nothing; whole after <see cref="Wait"/>. It also complains, and still exits with 0,
    /// where a file ends early or a disk is full.
    /// </summary>
    internal string? Complaints
    {
        get
        {
            lock (_complaints) return _complaints.Count > 0 ? string.Join("; ", _complaints.Distinct()) : null;
        }
    }

    /// <summary>Waits for the program to exit and returns why it failed, or null where its exit code is 0.</summary>
    internal string? Wait()
    {
        _process.WaitForExit();
        return _process.ExitCode == 0 ? null : Complaints ?? $"exit code {_process.ExitCode}";
    }

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited) _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has exited in the meantime.
        }
        _process.Dispose();
    }
}
