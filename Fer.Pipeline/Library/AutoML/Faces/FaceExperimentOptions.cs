using Fer.Pipeline.Training;


namespace Fer.Pipeline.AutoML;

/// <summary>The budget of a sweep on faces, and what it compares.</summary>
public sealed record FaceExperimentOptions
{
    /// <summary>Wall-clock time from the start to the end, the saved model included.</summary>
    public required TimeSpan Budget { get; init; }

    /// <summary>Most settings to compare in short trials.</summary>
    public int MaxModels { get; init; } = BudgetPlan.MostTrials;

    /// <summary>What proposes settings.</summary>
    public TunerKind Tuner { get; init; } = TunerKind.SuccessiveHalving;

    /// <summary>
    /// Architectures to choose from; null is all of the space, and the backbones of <see cref="BackboneFolder"/> that the time is enough
    /// for. An empty list is read as null.
    /// </summary>
    public IReadOnlyList<string>? Architectures { get; init => field = value is { Count: > 0 } ? value : null; }

    /// <summary>The folder of backbones (<see cref="Models.BackboneStore"/>); null is none.</summary>
    public string? BackboneFolder { get; init; }

    /// <summary>
    /// The folder that keeps the features of frozen backbones, which several sweeps may share; null is beside the run's folder.
    /// </summary>
    public string? BottleneckFolder { get; init; }

    /// <summary>The networks' width; null is by the time there is.</summary>
    public double? Width { get; init; }

    /// <summary>Final trainings, whose networks answer together where that helps; null is by the time there is.</summary>
    public int? Ensemble { get; init; }

    /// <summary>Most memory of the program, in megabytes; null is no limit.</summary>
    public double? MaximumMemoryUsageInMegaByte { get; init; }

    /// <summary>The folder that keeps the experiment while it runs, and that a stopped one goes on from; null is none.</summary>
    internal string? Folder { get; init; }

    /// <summary>Seed of the proposals and the trainings.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads; 0 is one a processor.</summary>
    public int Threads { get; init; }

    /// <summary>What trials train on, as in <see cref="ImageClassificationTrainer.Options.Device"/>: its speed is measured and planned
    /// with.</summary>
    public string Device { get; init; } = TrainingDevices.Cpu;

    /// <summary>The folder of libtorch's native files, for TorchSharp's devices; null is where packages put them.</summary>
    public string? TorchLibrary { get; init; }

    /// <summary>The options of a training on this experiment's machine.</summary>
    internal ImageClassificationTrainer.Options Place(ImageClassificationTrainer.Options options) =>
        options with { Threads = Threads, Device = Device, TorchLibrary = TorchLibrary };

    /// <summary>When the budget began, on <see cref="Clock"/>; null is when the experiment is run.</summary>
    internal long? Start { get; init; }

    /// <summary>The clock.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;
}
