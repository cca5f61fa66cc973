using System.Runtime.InteropServices;

namespace Fer.Pipeline.Tensors;

/// <summary>Zeroed memory outside the garbage collector's heap, aligned to cache lines and the widest vectors, freed when disposed.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    internal const int Alignment = 64;

    /// <exception cref="FerException">The machine has not that much memory.</exception>
    internal NativeBuffer(long bytes)
    {
        Bytes = bytes;
        try
        {
            Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, Alignment), Alignment);
        }
        catch (OutOfMemoryException e)
        {
            throw new FerException($"There is no room for {bytes / (1 << 20)} MiB of buffers. Take a smaller batch or network.", e);
        }
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

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
