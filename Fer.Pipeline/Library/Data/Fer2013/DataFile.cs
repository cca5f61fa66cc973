namespace Fer.Pipeline.Data;

/// <summary>Opens a data file, inflating it where it is gzipped, with errors that say what is wrong with the file.</summary>
internal static class DataFile
{
    /// <summary>Opens <paramref name="path"/> for one read from start to end.</summary>
    /// <exception cref="FerException">Missing, empty, unreadable, or named .gz and not gzipped.</exception>
    internal static Stream Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
            bool gzipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            if (file.Length == 0)
                throw new FerException($"{path}: the file is empty. Copy or download it again.");
            if (!gzipped && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                throw new FerException($"{path}: named .gz but not a gzip file. " +
                    "Rename it to .csv if it is plain text, or download it again.");
            var opened = file;
            file = null;
            // A small read buffer makes inflating many small calls.
            return gzipped ? new CheckedGzipStream(new BufferedStream(opened, 1 << 18)) : opened;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FerException(Missing(path), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Check the path and your rights to it.", e);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>What to tell about a path with nothing there.</summary>
    internal static string Missing(string path)
    {
        string full = Path.GetFullPath(path);
        string? folder = Path.GetDirectoryName(full);
        string remedy = "Check the path.";
        if (folder is not null && Directory.Exists(folder))
        {
            var entries = Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry));
            var beside = entries.Order(StringComparer.Ordinal).Take(1000);
            if (NearestName.Find(Path.GetFileName(full), beside) is { } near) remedy = $"Did you mean '{near}'?";
        }
        else
        {
            remedy = $"The folder {folder} does not exist either. Check the path.";
        }
        return $"{path}: no such file or folder. {remedy}";
    }

    /// <summary>Reads, turning damage of a gzip file into an error that names it.</summary>
    internal static int Read(Stream stream, Span<byte> buffer, string path)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, e);
        }
        catch (IOException e)
        {
            throw new FerException($"{path}: cannot be read to its end ({e.Message}). Check the disk or copy the file again.", e);
        }
    }

    internal static FerException Damaged(string path, Exception? inner = null)
    {
        string message = $"{path}: the gzip data is truncated or damaged. Download or copy it again, and check it with `gzip -t`.";
        return inner is null ? new FerException(message) : new FerException(message, inner);
    }
}
