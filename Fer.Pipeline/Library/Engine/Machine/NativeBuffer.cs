using System.Runtime.InteropServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Zeroed memory outside the garbage collector's heap, aligned to cache lines and the widest vectors, freed when disposed. Large buffers ask the
/// system for large pages: the transforms of a convolution write to dozens of places far apart, more than the processor keeps small pages' addresses for.
/// </summary>
internal sealed unsafe partial class NativeBuffer : IDisposable
{
    internal const int Alignment = 64;

    private const int LargePage = 2 << 20;

    /// <summary>Advice of Linux's madvise(2): large pages are welcome.</summary>
    private const int WelcomesLargePages = 14;

    /// <exception cref="FerException">The machine has not that much memory.</exception>
    internal NativeBuffer(long bytes)
    {
        Bytes = bytes;
        try
        {
            Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), bytes < 2 * LargePage ? Alignment : (nuint)LargePage);
        }
        catch (OutOfMemoryException e)
        {
            throw new FerException($"There is no room for {bytes / (1 << 20)} MiB of buffers. Take a smaller batch or network.", e);
        }
        // Where the system has none to give, small ones do: the answer does not matter.
        if (OperatingSystem.IsLinux() && bytes >= 2 * LargePage) _ = Advise(Pointer, (nuint)(bytes / LargePage * LargePage), WelcomesLargePages);
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
