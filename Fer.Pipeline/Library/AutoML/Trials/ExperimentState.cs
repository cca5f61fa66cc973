using System.Globalization;

namespace Fer.Pipeline.AutoML;

/// <summary>Where an experiment stands.</summary>
internal enum ExperimentStatus
{
    /// <summary>At work, or killed while it was.</summary>
    Running,
    /// <summary>Stopped by the user, to go on later.</summary>
    Paused,
    /// <summary>Ended by the user with the best so far.</summary>
    Stopped,
    /// <summary>Came to its end.</summary>
    Completed,
    /// <summary>Ended without a model.</summary>
    Failed,
}

/// <summary>All that an experiment has come to, as <c>experiment.json</c> holds it; figures in full precision.</summary>
internal sealed record ExperimentState
{
    internal const int CurrentVersion = 2;

    public int Version { get; init; } = CurrentVersion;
    public ExperimentStatus Status { get; init; }
    public long Seed { get; init; }
    /// <summary>Names of the options searched; another space is another experiment.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
    public string Tuner { get; init; } = "";
    /// <summary>Wall-clock time at work so far, planning included and pauses left out.</summary>
    public double ElapsedSeconds { get; init; }
    /// <summary>What was measured for the plan; null before that.</summary>
    public PlanMeasurements? Measured { get; init; }
    /// <summary>What was measured and planned before the first trial; null for experiments without a plan.</summary>
    public PlanRecord? Plan { get; init; }
    public IReadOnlyList<TrialRecord> Trials { get; init; } = [];
}

/// <summary>How a recorded trial ended.</summary>
internal enum TrialState
{
    Completed,
    Failed,
    Skipped,
}

/// <summary>An ended trial.</summary>
internal sealed record TrialRecord
{
    public required int Id { get; init; }
    public required TrialPhase Phase { get; init; }
    public required double Fidelity { get; init; }
    public required TrialState State { get; init; }
    public required long Seed { get; init; }
    /// <summary>The options by name, numbers so that they come back the same bit for bit.</summary>
    public required IReadOnlyDictionary<string, string> Parameter { get; init; }
    public double? Metric { get; init; }
    public double? Loss { get; init; }
    public double? LogLoss { get; init; }
    public double Epochs { get; init; }
    public double Seconds { get; init; }
    /// <summary>Training faces, where the speed decided how many; null elsewhere.</summary>
    public int? Faces { get; init; }
    public string? Error { get; init; }
    /// <summary>The option whose value left the sweep with this trial; null where none did.</summary>
    public string? Unfit { get; init; }
    /// <summary>
    /// [epoch][5]: training accuracy, validation accuracy, training loss, validation loss, images a second; null where not measured.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double?>> Curve { get; init; } = [];

    internal static string Text(object value) => value switch
    {
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        float f => f.ToString("R", CultureInfo.InvariantCulture),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The options as a point of a space.</summary>
    /// <exception cref="FormatException">An option is missing, or its text is no value of it.</exception>
    internal Parameter ToParameter(SearchSpace space) => Phase == TrialPhase.Baseline
        // A baseline is no point of the space.
        ? new(Parameter.Select(p => KeyValuePair.Create(p.Key, (object)p.Value)))
        : new(space.Dimensions.Select(d =>
    {
        if (!Parameter.TryGetValue(d.Name, out string? text)) throw new FormatException($"Trial {Id + 1L} has no {d.Name}.");
        try
        {
            object value = d.Type.IsEnum ? Enum.Parse(d.Type, text) : Convert.ChangeType(text, d.Type, CultureInfo.InvariantCulture);
            // Throws for what is no value of the option.
            d.ToUnit(value);
            return KeyValuePair.Create(d.Name, value);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException or InvalidCastException or FormatException)
        {
            throw new FormatException($"Trial {Id + 1L} has the {d.Name} '{text}'.", e);
        }
    }));

    internal TrialSettings ToSettings(SearchSpace space) => new()
    {
        TrialId = Id,
        Parameter = ToParameter(space),
        Seed = Seed,
        Phase = Phase,
        Fidelity = Fidelity,
    };

    internal RestoredTrial ToRestored(SearchSpace space) => new(
        ToSettings(space), State == TrialState.Completed ? ToResult(space) : null, Error,
        [.. Curve.Select((e, i) => new TrialProgress(
            Id, i + 1, Curve.Count, e[2] ?? double.NaN, e[0] ?? double.NaN, e[3] ?? double.NaN, e[1] ?? double.NaN, e[4] ?? double.NaN,
            IsEpochEnd: true))]);

    internal TrialResult ToResult(SearchSpace space) => new()
    {
        TrialSettings = ToSettings(space),
        Metric = Metric ?? double.NaN,
        Loss = Loss ?? double.NaN,
        Epochs = Epochs,
        DurationInMilliseconds = 1000 * Seconds,
        LogLoss = LogLoss ?? double.NaN,
        Faces = Faces,
    };
}
