using System.Runtime.InteropServices;

namespace Fer.Pipeline;

/// <summary>
/// Memory that was used and is not any more goes back to the system: the garbage collector keeps it for the next need, and so does the C
/// library for what decoders took.
/// </summary>
internal static partial class UnusedMemory
{
    /// <summary>Gives back what can be given back; stops all threads for some tens of milliseconds.</summary>
    internal static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // A C library other than glibc, which keeps less to begin with.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint padding);
}
