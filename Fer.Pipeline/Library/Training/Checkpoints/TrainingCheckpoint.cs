using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fer.Pipeline.Data;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// The whole state of a training: what a checkpoint holds, so that a training that continues from one is the training that was never
/// stopped. The batches need no state: each is a function of the seed, the epoch and its place.
/// </summary>
internal sealed class TrainingCheckpoint
{
    /// <summary>The file in <see cref="ImageClassificationTrainer.Options.WorkspacePath"/>.</summary>
    internal const string FileName = "training.ckpt";

    private readonly IReadOnlyList<(string Name, string Value)> _identity;
    private readonly Network _network;
    private readonly ImageClassificationTrainer.Options _options;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly List<string> _machines;
    private TimeSpan _before;
    private string? _damage;

    internal TrainingCheckpoint(
        Network network, FaceSet training, FaceSet? validation, ImageClassificationTrainer.Options options, string machine,
        Func<TrainingPlan> plan)
    {
        _network = network;
        _options = options;
        _clock = options.Clock;
        _start = options.Started;
        Plan = plan();
        Optimizer = options.CreateOptimizer();
        Scheduler = options.LearningRateScheduler.Start();
        if (options.ExponentialMovingAverage > 0)
            Average = new ExponentialMovingAverage(network.Parameters, options.ExponentialMovingAverage);
        Stopping = options.EarlyStoppingCriteria is { } criteria ? new EarlyStoppingMonitor(criteria) : null;
        Best = new BestWeights(network.Parameters, options.EarlyStoppingCriteria);
        Recovery = new DivergenceRecovery(network.Parameters, options.MostRecoveries);
        Epoch = new EpochTotals(_clock);
        // Hashing the data takes a moment that only a checkpoint is worth.
        _identity = options.WorkspacePath is null ? [] :
        [
            .. options.Identity(),
            ("TrainingData", training.Sha256),
            ("ValidationData", validation?.Sha256 ?? "none"),
            ("StartingWeights", options.StartingWeights ?? HashOf(network)),
        ];
        _machines = [machine];
    }

    internal TrainingPlan Plan { get; }
    internal Optimizer Optimizer { get; private set; }
    internal LearningRateScheduler Scheduler { get; }
    internal ExponentialMovingAverage? Average { get; }
    internal EarlyStoppingMonitor? Stopping { get; }
    internal BestWeights Best { get; }
    internal DivergenceRecovery Recovery { get; }
    internal EpochTotals Epoch { get; }
    internal List<TrainingMetrics> History { get; } = [];

    /// <summary>True from an epoch's last step until its metrics are in the history.</summary>
    internal bool IsEpochOver { get; set; }

    /// <summary>True once the last step is done.</summary>
    internal bool IsLastStepDone { get; set; }

    /// <summary>How the run ended; null while it goes on.</summary>
    internal TrainingOutcome? Outcome { get; set; }

    /// <summary>
    /// What to warn of after a stop: the newest checkpoint was damaged, or the training continued where sums are rounded in another order.
    /// Null for nothing.
    /// </summary>
    internal string? Warning => _damage is null || Machines is null ? _damage ?? Machines : $"{_damage} {Machines}";

    private string? Machines => _machines.Count == 1 ? null
        : $"The training had {_machines[0]} first and {string.Join(", then ", _machines.Skip(1))} after a stop: " +
        "its weights are not bit for bit those of a run that was never stopped.";

    /// <summary>
    /// Goes back to the weights of the last epoch's end, where the loss or the gradient is not finite, with a smaller learning rate and
    /// nothing left of the optimizer's and the average's memory; false where that was tried often enough.
    /// </summary>
    internal bool TryRecover()
    {
        if (!Recovery.TryReturn()) return false;
        Optimizer = _options.CreateOptimizer();
        Average?.Restart();
        return true;
    }

    /// <summary>Hash of a network's weights.</summary>
    internal static string HashOf(Network network) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(network.Parameters.Values)));

    /// <summary>Time of the run, that before a stop included.</summary>
    internal TimeSpan Elapsed => _before + _clock.GetElapsedTime(_start);

    /// <summary>Writes the checkpoint.</summary>
    /// <exception cref="UnwritableException">The file cannot be written.</exception>
    internal void Save(string path) => CheckpointFile.Write(path, writer =>
    {
        writer.Write(Elapsed.Ticks);
        writer.Write(_identity.Count);
        foreach (var (name, value) in _identity)
        {
            writer.Write(name);
            writer.Write(value);
        }
        writer.Write(_machines.Count);
        foreach (string machine in _machines) writer.Write(machine);
        writer.Write(IsEpochOver);
        writer.Write(IsLastStepDone);
        writer.Write(Outcome is { } outcome ? (int)outcome : -1);
        Plan.Save(writer);
        Epoch.Save(writer);
        writer.Write(History.Count);
        foreach (var metrics in History) metrics.Save(writer);
        Scheduler.Save(writer);
        Stopping?.Save(writer);
        Optimizer.Save(writer);
        StateArray.Write(writer, _network.Parameters.Values);
        Average?.Save(writer);
        Best.Save(writer);
        Recovery.Save(writer);
    });

    /// <summary>Time that the run of a checkpoint had taken by then; 0 where there is no such file.</summary>
    /// <exception cref="InterruptionException">It is damaged, and so is the one before it.</exception>
    internal static TimeSpan ElapsedOf(string path)
    {
        var elapsed = TimeSpan.Zero;
        if (CheckpointFile.Exists(path)) CheckpointFile.Read(path, reader => elapsed = ReadElapsed(reader), whole: false);
        return elapsed;
    }

    private static TimeSpan ReadElapsed(BinaryReader reader)
    {
        long ticks = reader.ReadInt64();
        return ticks >= 0 ? new TimeSpan(ticks) : throw new FormatException("The time makes no sense.");
    }

    /// <summary>Continues from a checkpoint.</summary>
    /// <exception cref="InterruptionException">It is damaged, and so is the one before it; or it is of a training with other options or
    /// data: the message names the first difference.</exception>
    internal void Restore(string path) => _damage = CheckpointFile.Read(path, reader =>
    {
        var elapsed = ReadElapsed(reader);
        int count = reader.ReadInt32();
        if (count != _identity.Count) throw new FormatException("The options are those of another version.");
        foreach (var (name, value) in _identity)
        {
            string storedName = reader.ReadString(), stored = reader.ReadString();
            if (storedName != name) throw new FormatException("The options are those of another version.");
            if (stored != value)
                throw new InterruptionException(
                    $"the checkpoint belongs to another training: its {name} is '{stored}', this one's '{value}'. " +
                    "Give the options and the data that the training began with, or delete the checkpoint to start anew.");
        }
        RestoreMachines(reader);
        (IsEpochOver, IsLastStepDone) = (reader.ReadBoolean(), reader.ReadBoolean());
        int outcome = reader.ReadInt32();
        Outcome = outcome < 0 ? null : (TrainingOutcome)outcome;
        Plan.Restore(reader, elapsed);
        Epoch.Restore(reader);
        int epochs = reader.ReadInt32();
        if (epochs < 0 || epochs > Plan.Done) throw new FormatException("The history makes no sense.");
        for (int i = 0; i < epochs; i++) History.Add(TrainingMetrics.Restore(reader));
        Scheduler.Restore(reader);
        Stopping?.Restore(reader);
        Optimizer.Restore(reader, _network.Parameters.TrainableLength);
        StateArray.Read(reader, _network.Parameters.Values);
        Average?.Restore(reader);
        Best.Restore(reader);
        Recovery.Restore(reader);
        _before = elapsed;
    });

    private void RestoreMachines(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        if (count < 1) throw new FormatException("The machine is missing.");
        string now = _machines[0];
        _machines.Clear();
        for (int i = 0; i < count; i++) _machines.Add(reader.ReadString());
        if (_machines[^1] != now) _machines.Add(now);
    }
}
