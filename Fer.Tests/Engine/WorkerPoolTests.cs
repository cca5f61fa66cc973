using Fer.Pipeline;
using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_thread_runs_each_piece_of_work_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        var counts = new int[threads];
        for (int i = 0; i < 1_000; i++) pool.Run(thread => counts[thread]++);
        Assert.All(counts, count => Assert.Equal(1_000, count));
    }

    [Fact]
    public void More_threads_than_processors_share_them()
    {
        using var pool = new WorkerPool(500);
        var counts = new int[500];
        var processors = new HashSet<int>();
        for (int i = 0; i < 10; i++)
        {
            pool.Run(thread =>
            {
                counts[thread]++;
                lock (processors) processors.Add(Environment.CurrentManagedThreadId);
            });
        }
        Assert.All(counts, count => Assert.Equal(10, count));
        Assert.InRange(processors.Count, 1, Environment.ProcessorCount);
    }

    [Fact]
    public void Pools_that_sleep_between_pieces_wake_again()
    {
        using var pool = new WorkerPool(4);
        int total = 0;
        for (int i = 0; i < 20; i++)
        {
            Thread.Sleep(3);
            pool.Run(_ => Interlocked.Increment(ref total));
        }
        Assert.Equal(80, total);
    }

    [Fact]
    public void A_failure_in_a_thread_reaches_the_caller_and_the_pool_stays_usable()
    {
        using var pool = new WorkerPool(3);
        var error = Assert.Throws<AggregateException>(() => pool.Run(thread =>
        {
            if (thread == 2) throw new InvalidOperationException("thread 2");
        }));
        Assert.Equal("thread 2", error.InnerException!.Message);
        int ran = 0;
        pool.Run(_ => Interlocked.Increment(ref ran));
        Assert.Equal(3, ran);
    }

    [Fact]
    public void Parts_cover_all_items_once()
    {
        using var pool = new WorkerPool(3);
        var seen = new int[100];
        for (int thread = 0; thread < 3; thread++)
        {
            var (start, end) = pool.Part(100, thread);
            for (int i = start; i < end; i++) seen[i]++;
        }
        Assert.All(seen, count => Assert.Equal(1, count));
    }

    [Fact]
    public void An_invalid_number_of_threads_is_refused() => Assert.Throws<FerUsageException>(() => new WorkerPool(-1));
}
