namespace Fer.Pipeline.Runs;

/// <summary>
/// A run's folder, held by one run at a time: the file <c>run.lock</c> in it is open and locked for as long as the run lasts. The system
/// releases it when the process ends, however it ends, so that a killed run is in nobody's way.
/// </summary>
internal sealed class RunLock : IDisposable
{
    internal const string FileName = "run.lock";

    /// <summary>What the operating systems say of a file that another holds: Linux, macOS, Windows.</summary>
    private static readonly int[] HeldCodes = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _stream;

    private RunLock(string folder, FileStream stream) => (Folder, _stream) = (folder, stream);

    /// <summary>The folder.</summary>
    internal string Folder { get; }

    /// <summary>Takes a folder, which is made where it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shown">The folder as messages name it; null is as it is.</param>
    /// <exception cref="InterruptionException">Another run has it.</exception>
    /// <exception cref="UnwritableException">It cannot be made or written.</exception>
    internal static RunLock Take(string folder, string? shown = null) => TryTake(folder)
        ?? throw new InterruptionException($"{shown ?? folder}: another run is at work in this folder. " +
            "Wait until it has ended or stop it, or give this run a folder of its own.");

    /// <summary>Makes a new folder and takes it: the name, or the first of <c>NAME-2</c>, <c>NAME-3</c>, … that is free.</summary>
    /// <exception cref="UnwritableException">It cannot be made or written.</exception>
    internal static RunLock TakeNew(string parent, string name)
    {
        string first = Path.Combine(parent, name), folder = first;
        for (int number = 2; ; number++)
        {
            // Whoever sees a folder that is not there yet may be one of two; the lock tells which.
            if (!Path.Exists(folder) && TryTake(folder) is { } held)
            {
                if (!HasRun(folder)) return held;
                held.Dispose();
            }
            folder = $"{first}-{number}";
        }
    }

    /// <summary>True where a run is at work in a folder.</summary>
    internal static bool IsHeld(string folder)
    {
        if (!File.Exists(Path.Combine(folder, FileName))) return false;
        try
        {
            using var held = TryTake(folder);
            return held is null;
        }
        catch (UnwritableException)
        {
            return false;
        }
    }

    /// <summary>True where a folder holds what a run left, finished or not.</summary>
    internal static bool HasRun(string folder) => RunFiles.All.Any(name => Path.Exists(Path.Combine(folder, name)));

    /// <summary>Releases the folder; one that is empty goes.</summary>
    public void Dispose()
    {
        string file = Path.Combine(Folder, FileName);
        // While it is still held, or the next run's would go. Windows does not delete what is open.
        if (!OperatingSystem.IsWindows()) Quietly(() => File.Delete(file));
        _stream.Dispose();
        if (OperatingSystem.IsWindows()) Quietly(() => File.Delete(file));
        if (Directory.Exists(Folder) && !Directory.EnumerateFileSystemEntries(Folder).Any()) Quietly(() => Directory.Delete(Folder));
    }

    private static RunLock? TryTake(string folder)
    {
        string file = Path.Combine(folder, FileName);
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);
                var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                // The run before may have deleted it between our opening and our locking it.
                if (File.Exists(file)) return new RunLock(folder, stream);
                stream.Dispose();
            }
            catch (DirectoryNotFoundException) when (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent && !File.Exists(parent))
            {
                // A run that ended took its empty folder along.
            }
            catch (IOException e) when (HeldCodes.Contains(e.HResult))
            {
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UnwritableException(folder, e);
            }
        }
    }

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What stays is an empty file or folder.
        }
    }
}
