using System.Runtime.InteropServices;

namespace Fer.Pipeline;

/// <summary>
/// Memory that was used and is not any more goes back to the system: the garbage collector keeps it for the next need, and so does the C
/// library for what decoders took.
/// </summary>
internal static partial class UnusedMemory
{
    /// <summary>M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of glibc's mallopt(3).</summary>
    private const int TrimThreshold = -1, MapThreshold = -3;

    private const int LargeBytes = 1 << 20;

    /// <summary>
    /// Asks the C library, for the whole process, to give back at once what was large. By itself it learns from the first large pictures to
    /// keep as much, in a heap of each thread, and of those <see cref="GiveBack"/> does not reach the end.
    /// </summary>
    internal static void KeepLittle()
    {
        if (!OperatingSystem.IsLinux()) return;
        IfGlibc(() =>
        {
            _ = Set(MapThreshold, LargeBytes);
            _ = Set(TrimThreshold, LargeBytes);
        });
    }

    /// <summary>Gives back what can be given back; stops all threads for some tens of milliseconds.</summary>
    internal static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // What finalizers free is memory of the C library.
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux()) return;
        IfGlibc(() => _ = Trim(0));
    }

    private static void IfGlibc(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // A C library other than glibc, which keeps less to begin with.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint padding);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
