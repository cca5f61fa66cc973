using Fer.Pipeline;
using Fer.Pipeline.Runs;
using Fer.Tests.AutoML;

namespace Fer.Tests.Runs;

public sealed class RunSessionTests : IDisposable
{
    private static readonly RunFact[] Identity = [new("training faces", "aaa"), new("option Width", "1")];

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private FaceRunOptions Options(bool resume = false, bool overwrite = false) =>
        new() { Folder = _folder.File("run"), Resume = resume, Overwrite = overwrite, Clock = _time };

    private RunSession Open(bool resume = false, bool overwrite = false, RunFact[]? identity = null) =>
        RunSession.Open(Options(resume, overwrite), identity ?? Identity, _time.GetTimestamp());

    private Dictionary<string, string> Contents() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
        .ToDictionary(f => f, File.ReadAllText);

    [Fact]
    public void Time_is_taken_down_so_often_that_kills_cost_the_budget_next_to_nothing()
    {
        for (int life = 0; life < 10; life++)
        {
            // A kill: no end, no dispose but that of the lock, which the system releases.
            using var session = Open(resume: life > 0);
            session.Begin(keepsTime: true);
            for (int i = 0; i < 60; i++) _time.Advance(0.3);
        }
        // Off for a day, which costs nothing.
        _time.Advance(86400);
        using var last = Open(resume: true);
        Assert.InRange(last.Elapsed.TotalSeconds, 0.95 * 180, 180);
        last.End();
        Assert.Empty(Directory.GetFiles(_folder.File("run"), "run.json"));
    }

    [Theory]
    [InlineData("training faces", "bbb")]
    [InlineData("option Width", "2")]
    public void A_run_with_other_data_or_options_is_refused_before_a_byte_changes(string name, string value)
    {
        using (var session = Open()) session.Begin(keepsTime: false);
        _folder.Write("run/checkpoint/training.ckpt", "weights");
        _folder.Write("run/checkpoint/trial-001/training.ckpt.2147483646.tmp", "half");
        var before = Contents();
        RunFact[] other = [.. Identity.Select(f => f.Name == name ? f with { Value = value } : f)];
        string message = Assert.Throws<InterruptionException>(() => Open(resume: true, identity: other)).Message;
        Assert.Contains(name, message);
        Assert.Contains(value, message);
        Assert.Equal(before, Contents());
        using var same = Open(resume: true);
        Assert.Single(Directory.GetFiles(_folder.File("run/checkpoint"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Overwriting_lets_go_what_an_earlier_run_would_continue_from()
    {
        using (var session = Open()) session.Begin(keepsTime: false);
        _folder.Write("run/checkpoint/training.ckpt", "weights");
        _folder.Write("run/trials.jsonl", "{}");
        Assert.Throws<FerUsageException>(() => Open());
        using var again = Open(overwrite: true);
        again.Begin(keepsTime: false);
        Assert.Equal(["run.json", "run.lock"],
            Directory.GetFileSystemEntries(_folder.File("run")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_sessions_of_a_folder_are_one_too_many()
    {
        using var first = Open();
        Assert.Throws<InterruptionException>(() => Open(resume: true));
        Assert.Throws<InterruptionException>(() => Open(overwrite: true));
    }

    [Fact]
    public void A_finished_run_is_not_replaced_by_resuming_it()
    {
        _folder.Write("run/model.zip", "zip");
        Assert.Throws<FerUsageException>(() => Open(resume: true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"ElapsedSeconds\":-1}")]
    [InlineData("{\"Identity\":null}")]
    [InlineData("{\"Identity\":[null]}")]
    [InlineData("{\"Identity\":[{\"Name\":\"training faces\"}]}")]
    [InlineData("{\"Arguments\":[\"--data\",null]}")]
    [InlineData("{\"ElapsedSeconds\":1e999}")]
    public void A_damaged_record_is_named(string text)
    {
        _folder.Write("run/run.json", text);
        Assert.Contains("run.json", Assert.Throws<FerException>(() => Open(resume: true)).Message);
    }
}
