using Fer.Pipeline;
using Fer.Pipeline.Runs;

namespace Fer.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_has_one_run_at_a_time_and_is_free_after_it()
    {
        string folder = _folder.File("a/run");
        using (RunLock.Take(folder))
        {
            Assert.True(RunLock.IsHeld(folder));
            var error = Assert.Throws<InterruptionException>(() => RunLock.Take(folder, "run"));
            Assert.StartsWith("run: another run is at work", error.Message, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "mine.txt"), "");
        }
        Assert.False(RunLock.IsHeld(folder));
        Assert.Equal(["mine.txt"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
        RunLock.Take(folder).Dispose();
    }

    [Fact]
    public void A_lock_that_a_killed_process_left_is_none()
    {
        _folder.Write($"run/{RunLock.FileName}", "");
        Assert.False(RunLock.IsHeld(_folder.File("run")));
        RunLock.Take(_folder.File("run")).Dispose();
    }

    [Fact]
    public void Default_names_are_told_apart_even_by_runs_that_start_together()
    {
        Directory.CreateDirectory(_folder.File("train"));
        var held = new RunLock[8];
        Parallel.For(0, held.Length, i => held[i] = RunLock.TakeNew(_folder.Path, "train"));
        Assert.Equal(Enumerable.Range(2, 8).Select(n => $"train-{n}"),
            held.Select(h => Path.GetFileName(h.Folder)).Order(StringComparer.Ordinal));
        foreach (var one in held) one.Dispose();
        // A run that left nothing leaves no folder.
        Assert.Equal([_folder.File("train")], Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string file = _folder.Write("file", "");
        Assert.Contains("file", Assert.Throws<UnwritableException>(() => RunLock.Take(Path.Combine(file, "run"))).Message);
    }

    [Theory]
    [InlineData("model.zip", "finished run", "--overwrite")]
    [InlineData("run.json", "stopped run", "--resume")]
    [InlineData("experiment.json", "finished run", "--overwrite")]
    public void What_a_run_left_is_not_replaced_unless_that_is_asked_for(string file, string what, string instead)
    {
        _folder.Write($"run/{file}", "{}");
        string message = Assert.Throws<FerUsageException>(() => RunSession.CheckFree(_folder.File("run"), false, "run")).Message;
        Assert.Contains(what, message);
        Assert.Contains(instead, message);
        RunSession.CheckFree(_folder.File("run"), overwrite: true);
    }
}
