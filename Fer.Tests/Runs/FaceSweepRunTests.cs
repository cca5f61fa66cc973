using System.Text.Json;
using Fer.Pipeline;
using Fer.Pipeline.AutoML;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Runs;

namespace Fer.Tests.Runs;

public sealed class FaceSweepRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_call_compares_trains_scores_and_saves()
    {
        SampleFaces.WriteCsv(_folder.File("faces.csv"), 140, seed: 5);
        var dataset = FaceDataset.Load(_folder.File("faces.csv"), LabelScheme.Three);
        var sweep = new FaceExperimentOptions { Budget = TimeSpan.FromSeconds(9), Width = 0.25, Threads = 2 };
        var run = new FaceSweepRun(dataset, sweep, new() { Folder = _folder.File("run") });
        var told = new List<FaceRunProgress>();
        var result = await run.RunAsync(progress: new Told(told), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["experiment.json", "model.zip", "report.html", "trials.jsonl"],
            Directory.GetFileSystemEntries(_folder.File("run")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.NotNull(result.BestTrial);
        Assert.All(File.ReadAllLines(result.TrialsPath!), line => JsonDocument.Parse(line));
        Assert.Single(told, t => t.Plan is not null);
        using var model = result.LoadModel(threads: 1);
        Assert.Equal(result.Metrics.Accuracy, model.Manifest.Metrics["validationAccuracy"]);
        Assert.Equal("0.25", model.Manifest.Settings["Width"]);
    }

    [Fact]
    public void A_data_set_without_validation_faces_is_refused()
    {
        string pixels = string.Join(' ', Enumerable.Repeat("7", Face.PixelCount));
        string csv = _folder.Write("faces.csv", $"emotion,pixels,Usage\n0,{pixels},PublicTest\n");
        var dataset = FaceDataset.Load(csv, LabelScheme.Seven);
        Assert.Contains("no Training faces", Assert.Throws<FerException>(
            () => new FaceSweepRun(dataset, new() { Budget = TimeSpan.FromMinutes(1) }, new() { Folder = _folder.File("run") })).Message);
    }

    private sealed class Told(List<FaceRunProgress> news) : IProgress<FaceRunProgress>
    {
        public void Report(FaceRunProgress value) => news.Add(value);
    }
}
