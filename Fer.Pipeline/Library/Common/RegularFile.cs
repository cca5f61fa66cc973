using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fer.Pipeline;

/// <summary>
/// Opens a file whose name another file chose. Only a regular file is opened: a pipe would make the program wait for ever, a link would
/// lead out of the folder, a device has no end.
/// </summary>
internal static partial class RegularFile
{
    /// <summary>open(2): not to wait for a pipe's writer, not to follow a link, and not to be handed to child processes.</summary>
    private static readonly int Flags = OperatingSystem.IsMacOS() ? 0x4 | 0x100 | 0x1000000 : 0x800 | NoFollow | 0x80000;

    // Linux numbers this flag by the processor.
    private static int NoFollow =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le ? 0x8000 : 0x20000;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="IOException">It is missing, may not be read, or is no regular file.</exception>
    internal static FileStream Open(string path)
    {
        // A NUL would end the name early for the system.
        if (path.Contains('\0')) throw new IOException("its name holds a NUL character");
        if (new FileInfo(path).LinkTarget is not null) throw new IOException("it is a link");
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        int descriptor = OpenDescriptor(path, Flags);
        if (descriptor < 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            var file = new FileStream(handle, FileAccess.Read);
            if (file.CanSeek && !Directory.Exists(path)) return file;
            file.Dispose();
        }
        catch (Exception e) when (e is ArgumentException or UnauthorizedAccessException or NotSupportedException)
        {
            handle.Dispose();
        }
        throw new IOException("it is no regular file");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenDescriptor(string path, int flags);
}
