using Fer.Pipeline.Data;

namespace Fer.Pipeline.Runs;

/// <summary>
/// A run at work in its folder: holds the lock, compares a stopped run with what it began with before anything is changed, and keeps
/// <c>run.json</c>, in a training with the time used so far.
/// </summary>
internal sealed class RunSession : IDisposable
{
    /// <summary>Time between two writes of the time used: a kill costs the budget no more than that.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly FaceRunOptions _options;
    private readonly RunLock? _own;
    private readonly Lock _gate = new();
    private readonly TimeSpan _before;
    private readonly long _start;
    private RunRecord _record;
    private ITimer? _timer;

    private RunSession(FaceRunOptions options, RunLock? own, RunRecord record, long start)
    {
        (_options, _own, _record, _start) = (options, own, record, start);
        _before = TimeSpan.FromSeconds(record.ElapsedSeconds);
    }

    /// <summary>Time of the run, that before a stop included.</summary>
    internal TimeSpan Elapsed => _before + _options.Clock.GetElapsedTime(_start);

    /// <summary>Takes the folder for a new run, or for the stopped run in it.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="identity">What a run that continues must have as it had it at first.</param>
    /// <param name="start">When the run began, on its clock.</param>
    /// <exception cref="FerUsageException">The folder holds a run, and <see cref="FaceRunOptions.Overwrite"/> is not set.</exception>
    /// <exception cref="InterruptionException">Another run is at work there, or it is to continue with other data or options.</exception>
    internal static RunSession Open(FaceRunOptions options, IReadOnlyList<RunFact> identity, long start)
    {
        var own = options.Lock is null ? RunLock.Take(options.Folder) : null;
        try
        {
            var stopped = options.Resume ? RunRecord.Find(options.Folder) : null;
            if (stopped is not null) Compare(stopped, identity, options.Folder);
            else if (!options.Resume || File.Exists(Path.Combine(options.Folder, RunFiles.Model)))
                CheckFree(options.Folder, options.Overwrite);
            DeleteStale(options.Folder);
            var record = options.Record ?? new RunRecord();
            return new RunSession(options, own, record with { Identity = identity, ElapsedSeconds = stopped?.ElapsedSeconds ?? 0 }, start);
        }
        catch
        {
            own?.Dispose();
            throw;
        }
    }

    /// <summary>What every run's data and program are told by.</summary>
    internal static IReadOnlyList<RunFact> FactsOf(FaceDataset dataset) =>
    [
        new("version of the program", typeof(RunSession).Assembly.GetName().Version?.ToString(3) ?? ""),
        new("training faces, labels or votes", dataset.Training.Sha256),
        new("validation faces, labels or votes", dataset.Validation.Sha256),
    ];

    /// <summary>Refuses a folder that a run left its files in.</summary>
    /// <exception cref="FerUsageException">It holds a run.</exception>
    internal static void CheckFree(string folder, bool overwrite, string? shown = null)
    {
        if (overwrite || !RunLock.HasRun(folder)) return;
        shown ??= folder;
        if (!File.Exists(Path.Combine(folder, RunRecord.FileName)))
            throw new FerUsageException($"{shown} holds a finished run already. Give another name, or say --overwrite to replace it.");
        throw new FerUsageException($"{shown} holds a stopped run. Continue it with --resume {shown}, give another name, or say " +
            "--overwrite to throw away what it came to.");
    }

    /// <summary>Begins a new run, or continues: what an earlier run of this folder left does not belong to a new one.</summary>
    /// <param name="keepsTime">True to take down in <c>run.json</c> every second how much time was used.</param>
    /// <exception cref="FerException">The folder cannot be written.</exception>
    internal void Begin(bool keepsTime)
    {
        if (!_options.Resume) Delete([.. RunFiles.Resumable, RunFiles.Trials]);
        Save(isDurable: true);
        if (keepsTime) _timer = _options.Clock.CreateTimer(_ => Beat(), null, Interval, Interval);
    }

    /// <summary>Removes what only a stopped run needs, once the run has come to its end.</summary>
    /// <exception cref="FerException">It cannot be removed.</exception>
    internal void End()
    {
        StopClock();
        Delete([RunRecord.FileName, RunFiles.Checkpoints]);
    }

    /// <summary>Releases the folder.</summary>
    public void Dispose()
    {
        StopClock();
        _own?.Dispose();
    }

    private static void Compare(RunRecord stopped, IReadOnlyList<RunFact> identity, string folder)
    {
        foreach (var fact in identity)
        {
            if (stopped.Identity.FirstOrDefault(f => f.Name == fact.Name) is not { } before || before.Value == fact.Value) continue;
            throw new InterruptionException($"{folder}: the stopped run began with another {fact.Name}: then {Shown(before.Value)}, now " +
                $"{Shown(fact.Value)}. Nothing was changed. Continue it with what it began with, or start anew in another folder.");
        }
    }

    private static string Shown(string value) => value.Length > 40 ? $"{value[..12]}…" : value;

    /// <summary>What a killed process was writing, or rehearsing.</summary>
    private static void DeleteStale(string folder)
    {
        AtomicFile.DeleteStale(folder);
        string checkpoints = Path.Combine(folder, RunFiles.Checkpoints), rehearsal = Path.Combine(folder, RunFiles.Rehearsal);
        AtomicFile.DeleteStale(checkpoints);
        if (Directory.Exists(checkpoints)) foreach (string trial in Directory.GetDirectories(checkpoints)) AtomicFile.DeleteStale(trial);
        if (Directory.Exists(rehearsal)) Directory.Delete(rehearsal, recursive: true);
    }

    private void StopClock()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    private void Beat()
    {
        lock (_gate)
        {
            if (_timer is null) return;
            try
            {
                Save(isDurable: false);
            }
            catch (UnwritableException)
            {
                // The next one may have room again.
            }
        }
    }

    private void Save(bool isDurable)
    {
        _record = _record with { ElapsedSeconds = Elapsed.TotalSeconds };
        RunRecord.Save(_options.Folder, _record, isDurable);
    }

    private void Delete(IReadOnlyList<string> names)
    {
        try
        {
            foreach (string path in names.Select(name => Path.Combine(_options.Folder, name)))
            {
                if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
                else File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{_options.Folder}: what a run left there cannot be removed ({e.Message}).", e);
        }
    }
}
