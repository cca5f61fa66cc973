namespace Fer.Pipeline;

/// <summary>Writes a file completely or not at all: to a temporary file next to the target, which is then moved over it.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes <paramref name="path"/> through <paramref name="write"/>; on a crash or failure an existing file is left unchanged.
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
                $"{path}: cannot be written ({e.Message}). Check that the folder exists and is writable, and that the disk has room.", e);
        }
        finally
        {
            // After a successful move the file is already gone; deleting a missing file is not an error.
            try { File.Delete(temporary); } catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }
    }

    /// <summary>Writes UTF-8 text without a byte order mark.</summary>
    /// <exception cref="FerException">As in <see cref="Write"/>.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
