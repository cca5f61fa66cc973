using Fer.Pipeline;

namespace Fer.Tests;

public class LogWriterTests
{
    [Fact]
    public void Lines_that_cannot_be_written_are_dropped_counted_and_told_of_later()
    {
        var disk = new Disk();
        using var log = new LogWriter(disk) { NewLine = "\n" };
        log.WriteLine("one");
        disk.Failure = new IOException("No space left on device");
        log.WriteLine("two");
        log.Write("thr");
        log.Write("ee\nfour\n");
        log.Flush();
        disk.Failure = null;
        log.WriteLine("five");
        log.WriteLine("six");
        Assert.Equal("one\n(3 lines before this could not be written.)\nfive\nsix\n", disk.Text);
        Assert.Equal(3, log.Dropped);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    [InlineData(typeof(ObjectDisposedException))]
    public void However_the_log_fails_nobody_hears_of_it(Type failure)
    {
        using var log = new LogWriter(new Disk { Failure = (Exception)Activator.CreateInstance(failure, "gone")! });
        log.Write('x');
        log.Write(['a', 'b'], 0, 2);
        log.WriteLine();
        log.WriteLine("{0}", 3);
        Assert.Equal(2, log.Dropped);
    }

    [Fact]
    public void A_fault_of_the_program_is_not_hidden()
    {
        using var log = new LogWriter(new Disk { Failure = new InvalidOperationException() });
        Assert.Throws<InvalidOperationException>(() => log.WriteLine("x"));
    }

    private sealed class Disk : StringWriter
    {
        internal Disk() => NewLine = "\n";

        internal Exception? Failure { get; set; }

        internal string Text => ToString();

        public override void Write(string? value)
        {
            if (Failure is not null) throw Failure;
            base.Write(value);
        }

        public override void Flush()
        {
            if (Failure is not null) throw Failure;
        }
    }
}
