using System.Runtime.InteropServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Zeroed memory outside the garbage collector's heap, aligned to cache lines and the widest vectors, and freed when disposed. Large
/// buffers ask the system for huge pages: the transforms of a convolution write to dozens of locations far apart, more than the TLB can
/// hold small pages for.
/// </summary>
internal sealed unsafe partial class NativeBuffer : IDisposable
{
    internal const int Alignment = 64;

    private const int LargePage = 2 << 20;

    /// <summary>MADV_HUGEPAGE of Linux's madvise(2): use huge pages if possible.</summary>
    private const int WelcomesLargePages = 14;

    /// <exception cref="FerException">There is not enough memory.</exception>
    internal NativeBuffer(long bytes)
    {
        Bytes = bytes;
        try
        {
            Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), bytes < 2 * LargePage ? Alignment
                : (nuint)LargePage);
        }
        catch (OutOfMemoryException e)
        {
            throw new FerException($"Not enough memory for {bytes / (1 << 20)} MiB of buffers. Use a smaller batch or network.", e);
        }
        // Without huge pages, small ones work too, so the result is ignored.
        if (OperatingSystem.IsLinux() && bytes >= 2 * LargePage)
            _ = Advise(Pointer, (nuint)(bytes / LargePage * LargePage), WelcomesLargePages);
        NativeMemory.Clear(Pointer, (nuint)bytes);
    }

    ~NativeBuffer() => Free();

    internal long Bytes { get; }

    internal byte* Pointer { get; private set; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(byte* address, nuint length, int advice);

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
