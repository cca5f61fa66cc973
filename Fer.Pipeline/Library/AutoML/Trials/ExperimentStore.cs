using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// Keeps an experiment on disk while it runs: <c>experiment.json</c> is written whole or not at all when a trial ends, and every second so
/// that a kill costs the budget no more than that. As a monitor it gathers the trials' curves.
/// </summary>
internal sealed class ExperimentStore : IMonitor, IDisposable
{
    internal const string FileName = "experiment.json";

    private const int MostBytes = 64 << 20;

    /// <summary>Time between two writes that bring nothing but the time used.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Json = new(CompleteJson.Options)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        MaxDepth = 16,
        Converters = { new CompleteJson.FiniteNumber(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private List<IReadOnlyList<double?>> _curve = [];
    private int _running = -1;
    private readonly double _before;
    private long _start;
    private ITimer? _timer;

    /// <summary>Opens an experiment's folder, with what an earlier run left in it or nothing.</summary>
    /// <exception cref="FerException">The file cannot be read, or is no experiment of this version.</exception>
    internal ExperimentStore(string folder, TimeProvider time)
    {
        Folder = folder;
        _time = time;
        _start = time.GetTimestamp();
        State = Read(Path.Combine(folder, FileName)) ?? new ExperimentState();
        _before = State.ElapsedSeconds;
    }

    internal string Folder { get; }

    internal ExperimentState State { get; private set; }

    /// <summary>Hears where the disk is full; null is nobody.</summary>
    internal Action<string>? Warn { get; init; }

    /// <summary>Time at work, that before a stop included.</summary>
    internal TimeSpan Total => TimeSpan.FromSeconds(_before) + _time.GetElapsedTime(_start);

    /// <summary>The part of it since there is a plan.</summary>
    internal TimeSpan Elapsed => Total - TimeSpan.FromSeconds(State.Plan?.PlanningSeconds ?? 0);

    /// <summary>When this run of the program began, on the clock: time counts from there.</summary>
    internal void CountFrom(long timestamp) => _start = timestamp;

    /// <summary>Begins to take down the time used. Until then nothing is written.</summary>
    internal void StartClock() => _timer ??= _time.CreateTimer(_ => Beat(), null, Interval, Interval);

    /// <summary>Stops taking down the time.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    /// <summary>Says what the experiment is, or checks that a stopped one is the same.</summary>
    /// <exception cref="InterruptionException">It is another.</exception>
    internal void Begin(SearchSpace space, ITuner tuner, long seed)
    {
        string[] options = [.. space.Dimensions.Select(d => d.Name)];
        string kind = tuner.GetType().Name;
        lock (_lock)
        {
            if (State.Options.Count > 0 && (!State.Options.SequenceEqual(options) || State.Seed != seed || State.Tuner != kind))
                throw Other($"it has seed {State.Seed}, the tuner {State.Tuner} and other options");
            Keep(State with { Options = options, Seed = seed, Tuner = kind, Status = ExperimentStatus.Running });
        }
        StartClock();
    }

    internal InterruptionException Other(string why) =>
        new($"{Path.Combine(Folder, FileName)}: another experiment stands here: {why}. Give its options to go on with it, or another " +
            "name to begin one.");

    /// <summary>What to say of a trial that is no point of the space.</summary>
    internal FerException Damaged(FormatException why) => Damaged(Path.Combine(Folder, FileName), why);

    internal void SetPlan(PlanRecord plan)
    {
        lock (_lock) Keep(State with { Plan = plan });
    }

    internal void SetMeasured(PlanMeasurements measured)
    {
        lock (_lock) Keep(State with { Measured = measured });
    }

    /// <summary>Says where the experiment stands; where the disk is full, only here.</summary>
    internal void SetStatus(ExperimentStatus status)
    {
        lock (_lock)
        {
            State = State with { Status = status };
            TryWrite(isDurable: true);
        }
    }

    /// <summary>Records an ended trial; <paramref name="unfit"/> is the option whose value left the sweep with it.</summary>
    /// <exception cref="UnwritableException">The disk is full, and stayed so.</exception>
    internal void Add(
        TrialSettings settings, TrialState state, TrialResult? result, TimeSpan duration, string? error,
        CancellationToken cancellation = default, string? unfit = null)
    {
        lock (_lock)
        {
            Keep(State with
            {
                Trials = [.. State.Trials, new TrialRecord
                {
                    Id = settings.TrialId,
                    Phase = settings.Phase,
                    Fidelity = settings.Fidelity,
                    State = state,
                    Seed = settings.Seed,
                    Parameter = settings.Parameter.Names.ToDictionary(n => n, n => TrialRecord.Text(settings.Parameter[n])),
                    Metric = Known(result?.Metric),
                    Loss = Known(result?.Loss),
                    LogLoss = Known(result?.LogLoss),
                    Epochs = result?.Epochs ?? 0,
                    Seconds = (result?.Duration ?? duration).TotalSeconds,
                    Faces = result?.Faces,
                    Error = error,
                    Unfit = unfit,
                    Curve = _curve,
                }],
            }, cancellation);
        }
    }

    public void ReportRunningTrial(TrialSettings settings)
    {
        lock (_lock) (_running, _curve) = (settings.TrialId, []);
    }

    public void ReportProgress(TrialProgress progress)
    {
        if (!progress.IsEpochEnd) return;
        lock (_lock)
        {
            // A trial that was overdue and did not stop may still be training.
            if (progress.TrialId != _running) return;
            _curve.Add(
                [Known(progress.Accuracy), Known(progress.ValidationAccuracy), Known(progress.Loss), Known(progress.ValidationLoss),
                    Known(progress.ImagesPerSecond)]);
        }
    }

    public void ReportCompletedTrial(TrialResult result) { }

    public void ReportBestTrial(TrialResult result) { }

    public void ReportFailTrial(TrialSettings settings, Exception? exception = null) { }

    private void Beat()
    {
        // While somebody waits for room under the lock, a beat would only queue up.
        if (!_lock.TryEnter()) return;
        try
        {
            if (_timer is not null) TryWrite(isDurable: false);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Takes a state that must not be lost to the disk.</summary>
    private void Keep(ExperimentState state, CancellationToken cancellation = default)
    {
        State = state;
        PatientWrite.Run(() => Write(isDurable: true), _time, Warn, cancellation);
    }

    private void TryWrite(bool isDurable)
    {
        try
        {
            Write(isDurable);
        }
        catch (UnwritableException)
        {
            // The next write brings it.
        }
    }

    private void Write(bool isDurable)
    {
        State = State with { ElapsedSeconds = Total.TotalSeconds };
        string path = Path.Combine(Folder, FileName);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, State, Json), isDurable: isDurable);
    }

    private static double? Known(double? value) => value is { } v && double.IsFinite(v) ? v : null;

    /// <summary>What an experiment's file says, or null where there is none.</summary>
    /// <exception cref="FerException">The file cannot be read, or is no experiment of this version.</exception>
    internal static ExperimentState? Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MostBytes) throw new JsonException("it is too large");
            var state = JsonSerializer.Deserialize<ExperimentState>(stream, Json) ?? throw new JsonException("it is empty");
            if (state.Version != ExperimentState.CurrentVersion)
                throw new JsonException($"its version is {state.Version}, not {ExperimentState.CurrentVersion}");
            if (state.Measured is { } measured && !(IsTime(measured.FinishSeconds) && measured.ImagesPerSecond.Values.All(s => s > 0)))
                throw new JsonException("what was measured makes no sense");
            if (!IsTime(state.ElapsedSeconds) || !IsTime(state.Plan?.PlanningSeconds ?? 0) || !state.Trials.All(t => IsTime(t.Seconds)))
                throw new JsonException("its time makes no sense");
            if (!state.Trials.All(t => t.Id is >= 0 and < 1 << 30)) throw new JsonException("a trial has no number");
            if (state.Trials.Any(t => t.Curve.Any(e => e.Count != 5))) throw new JsonException("a curve is not of five figures an epoch");
            return state;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}).", e);
        }
    }

    /// <summary>Seconds that a <see cref="TimeSpan"/> holds, and no run takes.</summary>
    private static bool IsTime(double seconds) => seconds is >= 0 and < 1e9;

    private static FerException Damaged(string path, Exception why) => new(
        $"{path}: not the state of an experiment ({why.Message.TrimEnd('.')}). Begin the experiment anew under another name.", why);
}
