using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fer.Pipeline;

/// <summary>Writes a file completely or not at all: to a temporary file next to the target, which is then moved over it.</summary>
internal static class AtomicFile
{
    /// <summary>Most bytes of a file's name on the usual file systems.</summary>
    private const int MostNameBytes = 255;

    /// <summary>Bytes for a temporary file's ending, <c>.PID.tmp</c>, and to spare.</summary>
    private const int EndingBytes = 20;

    /// <summary>
    /// Writes <paramref name="path"/> through <paramref name="write"/>; on a crash or failure an existing file is left unchanged.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <param name="previous">Where the file that is replaced goes; null lets it go.</param>
    /// <param name="isDurable">False where a power cut may cost the file, not only a killed process: many times faster.</param>
    /// <exception cref="UnwritableException">The folder cannot be written or the disk is full; the message names the path and the
    /// cause.</exception>
    public static void Write(string path, Action<Stream> write, string? previous = null, bool isDurable = true)
    {
        string full = Path.GetFullPath(path), folder = Path.GetDirectoryName(full)!, name = Path.GetFileName(full);
        string temporary = Path.Combine(folder, $"{Stem(name)}.{Environment.ProcessId}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            DeleteStale(folder, name);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(isDurable);
            }
            if (previous is not null && File.Exists(full)) File.Move(full, previous, overwrite: true);
            File.Move(temporary, full, overwrite: true);
            if (isDurable) FolderSync.Flush(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(path, e);
        }
        finally
        {
            // After a successful move the file is already gone; deleting a missing file is not an error.
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
        bool isOfName = name is null || Path.GetFileNameWithoutExtension(target) == Stem(name);
        return isOfName && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int process) ? process : null;
    }

    /// <summary>What a temporary file's name begins with: the file's name, cut and told apart by its hash where it is too long.</summary>
    private static string Stem(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostNameBytes - EndingBytes) return name;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8));
        int length = name.Length;
        while (Encoding.UTF8.GetByteCount(name.AsSpan(0, length)) + 1 + hash.Length > MostNameBytes - EndingBytes
            || char.IsHighSurrogate(name[length - 1])) length--;
        return $"{name[..length]}-{hash}";
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
    /// <exception cref="UnwritableException">As in <see cref="Write"/>.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
