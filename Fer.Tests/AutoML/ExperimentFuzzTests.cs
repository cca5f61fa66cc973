using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Runs;
using Microsoft.ML;

namespace Fer.Tests.AutoML;

/// <summary>However the records of a stopped sweep or run are altered, it continues or is refused by a message that names it.</summary>
public sealed class ExperimentFuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Altered_experiments_continue_or_are_refused()
    {
        Assert.NotNull(Resume());
        string path = _folder.File(ExperimentStore.FileName);
        byte[] valid = File.ReadAllBytes(path);
        Fuzz.Run(300, 41, (int number, ref RandomStream random) =>
            number % 4 == 0 ? Mutation.Of(valid, ref random) : JsonMutation.Of(valid, ref random), file =>
        {
            File.WriteAllBytes(path, file);
            Named(path, () => Resume());
        }).MustHaveBoth(30);
    }

    [Fact]
    public void Altered_plans_are_read_or_refused()
    {
        string path = _folder.File(ExperimentStore.FileName);
        var time = new ManualTime();
        using (var store = new ExperimentStore(_folder.Path, time))
        {
            store.SetPlan(new PlanRecord
            {
                DataSha256 = new string('a', 64),
                BudgetSeconds = 1200,
                Plan = BudgetPlan.Create(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)),
                Width = 1,
                ImagesPerSecond = new Dictionary<string, double> { ["FerNet"] = 100 },
            });
        }
        byte[] valid = File.ReadAllBytes(path);
        Fuzz.Run(300, 42, (int _, ref RandomStream random) => JsonMutation.Of(valid, ref random), file =>
        {
            File.WriteAllBytes(path, file);
            Named(path, () =>
            {
                using var store = new ExperimentStore(_folder.Path, time);
                Assert.True(store.Total >= store.Elapsed && store.Elapsed > TimeSpan.MinValue);
            });
        }).MustHaveBoth(30);
    }

    [Fact]
    public void Altered_records_of_a_run_are_read_or_refused()
    {
        var record = new RunRecord
        {
            Command = "train",
            Arguments = ["--epochs", "3"],
            CurrentFolder = "/",
            Identity = [new("training faces", "a")],
            ElapsedSeconds = 3,
        };
        RunRecord.Save(_folder.Path, record);
        string path = _folder.File(RunRecord.FileName);
        byte[] valid = File.ReadAllBytes(path);
        Fuzz.Run(300, 43, (int _, ref RandomStream random) => JsonMutation.Of(valid, ref random), file =>
        {
            File.WriteAllBytes(path, file);
            Named(_folder.Path, () =>
            {
                var options = new FaceRunOptions { Folder = _folder.Path, Resume = true, Overwrite = true, Clock = new ManualTime() };
                using var session = RunSession.Open(options, record.Identity, 0);
                Assert.True(session.Elapsed >= TimeSpan.Zero);
                var read = RunRecord.Find(_folder.Path)!;
                Assert.All([read.Command, read.CurrentFolder, .. read.Arguments], Assert.NotNull);
            });
        }).MustHaveBoth(30);
    }

    private static void Named(string path, Action read)
    {
        try
        {
            read();
        }
        catch (FerException e)
        {
            Assert.Contains(path, e.Message);
            throw;
        }
    }

    /// <summary>Runs the experiment in the folder to its end, under a clock of its own.</summary>
    private TrialResult Resume()
    {
        var time = new ManualTime();
        var plan = BudgetPlan.Create(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
        return new MLContext().Auto().CreateExperiment(time).SetSearchSpace(new SearchSpace<ScriptedOptions>())
            .SetTrialRunner(new ScriptedRunner(time) { Batch = 60 }).SetMonitor(new RecordingMonitor()).SetSeed(4).SetBudgetPlan(plan)
            .SetCheckpoint(_folder.Path).RunAsync(CancellationToken.None).GetAwaiter().GetResult();
    }
}
