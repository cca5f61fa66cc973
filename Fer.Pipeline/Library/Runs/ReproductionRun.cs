using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.Runs;

/// <summary>
/// Trains an earlier project's network as its authors did, and FerNet in the same time, through the runs that anybody else has. What is in
/// the folder already, of the same faces, time and recipe, is not trained again.
/// </summary>
/// <param name="dataset">The faces, in the project's classes.</param>
/// <param name="project">The project.</param>
internal sealed class ReproductionRun(FaceDataset dataset, EarlierProject project)
{
    /// <summary>The folder that the runs' folders are made in.</summary>
    internal required string Folder { get; init; }

    /// <summary>Time for each training.</summary>
    internal required double Minutes { get; init; }

    internal long Seed { get; init; } = 1;

    internal int Threads { get; init; }

    /// <summary>True to train what is there already as well.</summary>
    internal bool Again { get; init; }

    /// <summary>True to leave FerNet out.</summary>
    internal bool Alone { get; init; }

    internal CommandText? Command { get; init; }

    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Runs what is missing, shown one by one.</summary>
    /// <param name="show">Shows a run: gets its name and its call.</param>
    /// <param name="cancellationToken">Ends the running one without a result.</param>
    /// <exception cref="FerException">A run failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal async Task<ReproductionRow> RunAsync(
        Func<string, Func<IMonitor, IProgress<FaceRunProgress>, Task<FaceRunResult>>, Task<FaceRunResult>> show,
        CancellationToken cancellationToken)
    {
        var theirs = project.Options with { Seed = Seed, Threads = Threads, TimeBudget = TimeSpan.FromMinutes(Minutes) };
        var ours = await KeptOrAsync(project.Name, theirs, options => new FaceTrainingRun(dataset, theirs, options with
        {
            Title = $"{project.Name}: {project.Summary}",
            Views = project.Views,
        }).RunAsync).ConfigureAwait(false);
        if (Alone) return new ReproductionRow(project, ours, null);
        // What a sweep begins with; what it ends with is its own choice.
        var recipe = new FaceSearchOptions().ToTrainerOptions() with { Seed = Seed };
        string name = FormattableString.Invariant($"fernet-{project.Scheme.Name}-{Minutes:0.##}");
        var fernet = await KeptOrAsync(name, recipe, options => new FaceSweepRun(dataset, new FaceExperimentOptions
        {
            Budget = TimeSpan.FromMinutes(Minutes),
            Architectures = ["FerNet"],
            Seed = Seed,
            Threads = Threads,
        }, options with { Title = "FerNet in the same time" }).RunAsync).ConfigureAwait(false);
        return new ReproductionRow(project, ours, fernet);

        async Task<Reproduction> KeptOrAsync(
            string run, ImageClassificationTrainer.Options training,
            Func<FaceRunOptions, Func<IMonitor, IProgress<FaceRunProgress>, CancellationToken, Task<FaceRunResult>>> create)
        {
            string folder = Path.Combine(Folder, run), hash = Reproduction.RecipeOf(training), data = dataset.Training.Sha256;
            if (!Again && Reproduction.Load(folder, Minutes, data, hash) is { } known) return known;
            // What is there was made from other faces, in another time or by another recipe, or is to be made again.
            var options = new FaceRunOptions
            {
                Folder = folder,
                Overwrite = true,
                Command = Command,
                Start = Clock.GetTimestamp(),
                Clock = Clock,
            };
            var done = await show(run, (monitor, progress) => create(options)(monitor, progress, cancellationToken)).ConfigureAwait(false);
            // What was cut off is no result to keep.
            cancellationToken.ThrowIfCancellationRequested();
            var made = Reproduction.Of(done, Minutes, data) with { Recipe = hash };
            made.Save(folder);
            return made;
        }
    }
}
