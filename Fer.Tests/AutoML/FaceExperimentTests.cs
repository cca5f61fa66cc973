using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Tests.AutoML;

public sealed class FaceExperimentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// A first rehearsal is compilation for the most part, so a second one follows where that is cheap; a process that goes on warms up
    /// once, where the time left allows it.
    /// </summary>
    [Theory]
    [InlineData(1, 2, 0.5, 1)]
    [InlineData(10, 1, 10, 0)]
    public async Task Planning_that_was_cut_off_rehearses_no_more_than_it_must(
        double first, int rehearsals, double finish, int resumedRehearsals)
    {
        string faces = _folder.File("faces.csv");
        SampleFaces.WriteCsv(faces, 70, seed: 5);
        var dataset = FaceDataset.Load(faces, LabelScheme.Seven);
        Assert.Equal(rehearsals, await RehearsalsBeforeCutOff([first, 0.5]));
        Assert.Equal(finish, ExperimentStore.Read(_folder.File(ExperimentStore.FileName))!.Measured!.FinishSeconds);
        Assert.Equal(resumedRehearsals, await RehearsalsBeforeCutOff([finish]));

        async Task<int> RehearsalsBeforeCutOff(double[] seconds)
        {
            using var stop = new CancellationTokenSource();
            int count = 0;
            var experiment = new FaceExperiment(
                dataset, new FaceExperimentOptions { Budget = TimeSpan.FromMinutes(1), Folder = _folder.Path, Clock = new ManualTime() });
            if (resumedRehearsals == 0 && seconds.Length == 1) await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => experiment.RunAsync(
                new MonitorGroup(), Rehearse, _ => Assert.Fail("There is no model yet."), stop.Token));
            return count;

            TimeSpan Rehearse(Fer.Pipeline.Training.ImageClassificationTrainer.Options options)
            {
                var time = TimeSpan.FromSeconds(seconds[count++]);
                if (count == (seconds.Length == 1 ? resumedRehearsals : rehearsals)) stop.Cancel();
                return time;
            }
        }
    }

    [Fact]
    public async Task Speeds_that_an_earlier_process_measured_make_the_plan()
    {
        string faces = _folder.File("faces.csv");
        SampleFaces.WriteCsv(faces, 70, seed: 5);
        // On this clock nothing takes time: a speed that was measured would be infinite.
        var clock = new ManualTime();
        var dataset = FaceDataset.Load(faces, LabelScheme.Seven);
        var options = new FaceExperimentOptions { Budget = TimeSpan.FromMinutes(1), Folder = _folder.Path, Clock = clock, Width = 0.25 };
        var trainer = new FaceSearchOptions { Width = 0.25 }.ToTrainerOptions();
        using (var store = new ExperimentStore(_folder.Path, clock))
            store.SetMeasured(new PlanMeasurements(0.5, new Dictionary<string, double> { [Calibration.KeyOf(trainer)] = 123 }));
        using var stop = new CancellationTokenSource();
        var experiment = new FaceExperiment(dataset, options) { PlanCallback = _ => stop.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => experiment.RunAsync(
            new MonitorGroup(), _ => TimeSpan.FromSeconds(0.5), _ => Assert.Fail("There is no model yet."), stop.Token));
        Assert.Equal([123], ExperimentStore.Read(_folder.File(ExperimentStore.FileName))!.Plan!.ImagesPerSecond.Values);
    }
}
