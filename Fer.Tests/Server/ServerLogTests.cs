using Fer.Server;
using Fer.Tests.AutoML;

namespace Fer.Tests.Server;

public sealed class ServerLogTests
{
    [Fact]
    public async Task A_log_on_a_full_disk_ends_nothing_and_later_says_how_much_is_missing()
    {
        var time = new ManualTime();
        var disk = new Disk();
        await using var log = new ServerLog(disk, time);
        var metrics = new ServerMetrics();
        log.Begin(metrics, 2);
        for (int i = 0; i < 3; i++)
        {
            metrics.Picture(1, new StageTimes(1, 1, 1, 1));
            time.Advance(2);
        }
        log.Failure("/v1/predict", new InvalidOperationException("broken"));
        Assert.Equal(4, log.Dropped);
        disk.IsFull = false;
        log.Write("here again, /\u001b[2J\u202E\u2028");
        Assert.Contains("(4 lines before this could not be written.)", disk.ToString());
        // A path may hold anything, and so a log line.
        Assert.Contains("here again, /\uFFFD[2J\uFFFD\uFFFD", disk.ToString());
        Assert.Contains("fer_log_lines_dropped_total 4\n", metrics.ToPrometheus(new RequestLimiter(1, 1), new ByteBudget(1), log.Dropped));
    }

    private sealed class Disk : StringWriter
    {
        internal bool IsFull { get; set; } = true;

        public override void Write(string? value)
        {
            if (IsFull) throw new IOException("No space left on device");
            base.Write(value);
        }
    }
}
