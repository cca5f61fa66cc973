using Fer.Pipeline.AutoML;

namespace Fer.Pipeline.Runs;

/// <summary>What a run leaves in its folder.</summary>
internal static class RunFiles
{
    internal const string Model = "model.zip", Report = "report.html", Trials = "trials.jsonl", Rehearsal = ".rehearsal";

    /// <summary>The folder of checkpoints.</summary>
    internal const string Checkpoints = FaceExperiment.CheckpointFolder;

    /// <summary>What a run continues from after a stop.</summary>
    internal static IReadOnlyList<string> Resumable { get; } = [RunRecord.FileName, ExperimentStore.FileName, Checkpoints];

    /// <summary>All of it; a folder that holds any belongs to a run.</summary>
    internal static IReadOnlyList<string> All { get; } = [Model, Report, Trials, .. Resumable];
}
