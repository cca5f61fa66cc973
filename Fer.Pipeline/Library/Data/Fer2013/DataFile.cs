using System.Text;

namespace Fer.Pipeline.Data;

/// <summary>Opens a data file, inflating it where it is gzipped, with errors that say what is wrong with the file.</summary>
internal static class DataFile
{
    /// <summary>The file's own bytes.</summary>
    /// <exception cref="FerException">Missing or unreadable.</exception>
    internal static FileStream OpenRaw(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FerException(Missing(path), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Check the path and your rights to it.", e);
        }
    }

    /// <summary>The text of a file's bytes as UTF-8: inflated where they are gzipped, and turned where they are UTF-16 or UTF-32.</summary>
    /// <param name="file">The bytes, which the stream returned takes over; can go back to its start.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="FerException">Empty, or named .gz and not gzipped.</exception>
    internal static Stream ToText(Stream file, string path)
    {
        try
        {
            Span<byte> four = stackalloc byte[4];
            int count = 0;
            // A pipe may give less than is asked for.
            while (count < four.Length && Read(file, four[count..], path) is > 0 and var read) count += read;
            var head = four[..count];
            if (head.IsEmpty) throw new FerException($"{path}: the file is empty. Copy or download it again.");
            bool gzipped = head is [0x1F, 0x8B, ..];
            if (!gzipped && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
                throw new FerException($"{path}: named .gz but not a gzip file. " +
                    "Rename it to .csv if it is plain text, or download it again.");
            file.Position = 0;
            var text = file;
            if (gzipped)
            {
                // A small read buffer makes inflating many small calls.
                text = new CheckedGzipStream(new BufferedStream(file, 1 << 18));
            }
            else if (head is [0xFF, 0xFE, 0, 0])
            {
                text = Encoding.CreateTranscodingStream(file, Encoding.UTF32, Encoding.UTF8);
            }
            else if (head is [0xFF, 0xFE, ..] or [> 0 and < 128, 0, > 0 and < 128, 0])
            {
                text = Encoding.CreateTranscodingStream(file, Encoding.Unicode, Encoding.UTF8);
            }
            else if (head is [0xFE, 0xFF, ..] or [0, > 0 and < 128, 0, > 0 and < 128])
            {
                text = Encoding.CreateTranscodingStream(file, Encoding.BigEndianUnicode, Encoding.UTF8);
            }
            return text;
        }
        catch
        {
            file.Dispose();
            throw;
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
