using System.Diagnostics;

namespace Fer.Tests;

/// <summary>A disk of a few megabytes in memory, to be filled. Mounting it takes root on Linux.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk(int megabytes) => Mount("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "fer-tests", _folder.Path);

    internal string Path => _folder.Path;

    /// <summary>Makes one, or skips the test where that is not allowed.</summary>
    internal static SmallDisk OrSkip(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A tmpfs is mounted by root on Linux alone.");
        try
        {
            return new SmallDisk(megabytes);
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    /// <summary>Takes all the room there is.</summary>
    internal void Fill()
    {
        using var stream = new FileStream(System.IO.Path.Combine(Path, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var block = new byte[1 << 16];
        try
        {
            while (true) stream.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives the room back.</summary>
    internal void Free() => File.Delete(System.IO.Path.Combine(Path, "filler"));

    public void Dispose()
    {
        Mount("umount", "-l", _folder.Path);
        _folder.Dispose();
    }

    private static void Mount(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{tool} does not start.");
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"A tmpfs cannot be mounted here: {error.Trim()}");
    }
}
