using Microsoft.Win32.SafeHandles;

namespace Fer.Pipeline.Data;

/// <summary>
/// A data file that can be opened again and again, a pipe too: what came out of a pipe is kept, as it comes out only once.
/// </summary>
/// <param name="path">The file; <c>/dev/stdin</c> is what the program is fed with.</param>
internal sealed class DataInput(string path)
{
    private const string StandardInput = "/dev/stdin";
    private PipedFile? _piped;

    /// <summary>What messages call it.</summary>
    internal string Path => path;

    /// <summary>Opens it for one read from start to end.</summary>
    /// <exception cref="FerException">Missing, empty, unreadable, or named .gz and not gzipped.</exception>
    internal Stream Open()
    {
        if (_piped is null)
        {
            var file = OpenRaw();
            if (file.CanSeek) return DataFile.ToText(file, path);
            _piped = new PipedFile(file);
        }
        return DataFile.ToText(_piped.Open(), path);
    }

    private FileStream OpenRaw()
    {
        try
        {
            return DataFile.OpenRaw(path);
        }
        catch (FerException e) when (path == StandardInput && e.InnerException is IOException)
        {
            // A socket, as ssh gives, is read by its number and cannot be opened by name.
            return new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 1);
        }
    }
}
