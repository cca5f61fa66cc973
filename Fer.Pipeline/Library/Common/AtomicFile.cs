using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Fer.Pipeline;

/// <summary>Writes files whole or not at all: to a temporary name beside the target, then moved over it.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes <paramref name="path"/> through <paramref name="write"/>; a crash or failure leaves an older file as it was.
    /// </summary>
    /// <exception cref="FerException">The folder cannot be written or the disk is full; the message names the path and the
    /// cause.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = $"{full}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            DeleteStale(Path.GetDirectoryName(full)!, Path.GetFileName(full));
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException(
                $"{path}: cannot be written ({e.Message}). Check that the folder exists, is writable and that the disk has room.", e);
        }
        finally
        {
            // Gone already after a successful move; deleting a missing file is not an error.
            try { File.Delete(temporary); } catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }
    }

    /// <summary>
    /// Deletes the temporary files, <c>NAME.PID.tmp</c>, of processes that were killed while they wrote. A file whose process lives or that
    /// is open anywhere, in another container for instance, stays.
    /// </summary>
    /// <param name="folder">The folder; one that is missing holds nothing.</param>
    /// <param name="name">The file they were to become; null is any.</param>
    public static void DeleteStale(string folder, string? name = null)
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            foreach (string file in Directory.GetFiles(folder, "*.tmp"))
                if (Writer(file, name) is { } process && !IsAlive(process)) DeleteUnlessOpen(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be cleaned up is in nobody's way.
        }
    }

    /// <summary>The process in a temporary file's name; null for any other file.</summary>
    private static int? Writer(string file, string? name)
    {
        string target = Path.GetFileNameWithoutExtension(file), number = Path.GetExtension(target).TrimStart('.');
        bool isOfName = name is null || Path.GetFileNameWithoutExtension(target) == name;
        return isOfName && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? process : null;
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It is there, and who owns it does not let us look.
            return true;
        }
    }

    private static void DeleteUnlessOpen(string file)
    {
        try
        {
            using (new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody writes it, or it is not ours to delete.
        }
    }

    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    /// <exception cref="FerException">As for <see cref="Write"/>.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
