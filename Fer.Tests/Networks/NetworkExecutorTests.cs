using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Tests.Engine;

namespace Fer.Tests.Networks;

public class NetworkExecutorTests
{
    /// <summary>
    /// Covers every way of sharing buffers: ReLUs in place and fused, a residual add, a branch that is concatenated again, pooling, dropout
    /// off.
    /// </summary>
    private static Network Tangled()
    {
        var builder = new NetworkBuilder("Tangled", new Shape(1, 12, 12));
        var stem = builder.Input.Affine(0.1f, 1.5f).Convolution(6, 3).BatchNormalization().Relu();
        var left = stem.Convolution(8, 3, 2).BatchNormalization().Relu().Convolution(8, 3).BatchNormalization();
        var right = stem.Convolution(8, 1, 2, 0).BatchNormalization();
        var joined = left.Add(right).Relu();
        var pooled = joined.MaxPool(3, 1, 1);
        var branch = joined.Concat(pooled.Elu(), joined.Convolution(5, 1, bias: true));
        branch.AveragePool(2).Flatten().Linear(9).Relu().Linear(4);
        return builder.Build();
    }

    [Theory]
    [InlineData(InstructionSet.Scalar)]
    [InlineData(InstructionSet.Vector128)]
    [InlineData(InstructionSet.Vector256)]
    [InlineData(InstructionSet.Vector512)]
    public void Gradient_of_a_tangled_network_equals_the_slope_along_random_directions(InstructionSet set)
    {
        var network = Tangled();
        network.Initialize(3);
        using var pool = new WorkerPool(2, set);
        using var executor = new NetworkExecutor(network, 6, training: true, pool);
        var x = KernelHarness.Random(6 * network.Input.Length, 1);
        var dy = KernelHarness.Random(6 * 4, 2);
        var start = network.Parameters.Trainable.ToArray();
        Loss(executor, x, dy);
        dy.CopyTo(executor.OutputGradient);
        executor.Backward();
        var gradient = network.Parameters.Gradients.ToArray();
        double length = Math.Sqrt(gradient.Sum(g => (double)g * g));
        for (int trial = 0; trial < 5; trial++)
        {
            var direction = KernelHarness.Random(start.Length, 100 + trial);
            const float step = 2e-4f;
            double expected = gradient.Zip(direction, (g, d) => (double)g * d).Sum();
            double slope = (Shifted(step) - Shifted(-step)) / (2 * step);
            // The slope is as large as the gradient's norm; ReLUs that change sides within the step blur it slightly.
            Assert.InRange(slope - expected, -0.03 * length, 0.03 * length);

            double Shifted(float by)
            {
                for (int i = 0; i < start.Length; i++) network.Parameters.Trainable[i] = start[i] + by * direction[i];
                double loss = Loss(executor, x, dy);
                start.CopyTo(network.Parameters.Trainable);
                return loss;
            }
        }
    }

    /// <summary>
    /// Whole and partial tiles; an odd row and column that no window reaches; a second reader, for which all values are written.
    /// </summary>
    [Theory]
    [InlineData(12, 12, true)]
    [InlineData(12, 12, false)]
    [InlineData(15, 21, true)]
    [InlineData(10, 11, false)]
    public void Max_pooling_is_fused_into_the_convolution_before_it_and_changes_no_bit(int height, int width, bool frozen)
    {
        foreach (var set in KernelHarness.AllSets)
        {
            var whole = Network(pools: false);
            int pooling = whole.Nodes.Count;
            float[] values = Run(whole, executor => Assert.StartsWith("winograd", executor.MethodOf(0))),
                pooled = Run(Network(pools: true), executor => Assert.Equal("", executor.MethodOf(pooling))),
                twice = Run(Network(pools: true, readsTwice: true), executor => Assert.Equal("vector", executor.MethodOf(pooling)));
            Assert.Equal(Pooled(values), pooled);
            Assert.Equal(pooled.Select(v => v + v), twice);

            Network Network(bool pools, bool readsTwice = false)
            {
                var builder = new NetworkBuilder("Pooled", new Shape(16, height, width));
                var x = builder.Input.Convolution(48, 3).BatchNormalization().Relu();
                if (readsTwice) builder.Add(new Add(), "sum", x.MaxPool(2), x.MaxPool(2));
                else if (pools) x.MaxPool(2);
                return TestNetworks.Randomized(builder.Build(), 5);
            }

            float[] Run(Network network, Action<NetworkExecutor> check)
            {
                using var pool = new WorkerPool(2, set);
                using var executor = new NetworkExecutor(network, 14, training: false, pool, frozen);
                check(executor);
                KernelHarness.Random(14 * network.Input.Length, 1).CopyTo(executor.Input);
                executor.Forward(14);
                return executor.Output.ToArray();
            }
        }

        float[] Pooled(float[] values)
        {
            int rows = height / 2, columns = width / 2;
            var greatest = new float[14 * rows * columns * 48];
            Array.Fill(greatest, float.NegativeInfinity);
            for (int i = 0; i < values.Length; i++)
            {
                int c = i % 48, x = i / 48 % width / 2, y = i / 48 / width % height / 2, image = i / 48 / width / height;
                if (x >= columns || y >= rows) continue;
                ref float most = ref greatest[((image * rows + y) * columns + x) * 48 + c];
                most = Math.Max(most, values[i]);
            }
            return greatest;
        }
    }

    [Fact]
    public void Same_seed_and_threads_give_the_same_weights_bit_for_bit()
    {
        foreach (int threads in new[] { 1, 2, 3 }) Assert.Equal(Train(threads), Train(threads));
    }

    [Fact]
    public void Other_thread_counts_differ_only_by_rounding()
    {
        float[] one = Train(1), three = Train(3);
        for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], three[i], 1e-3f);
    }

    [Fact]
    public void A_smaller_last_batch_gives_what_an_executor_of_its_size_gives()
    {
        var network = Tangled();
        network.Initialize(3);
        using var pool = new WorkerPool(2);
        using var large = new NetworkExecutor(network, 9, training: false, pool);
        using var small = new NetworkExecutor(network, 4, training: false, pool);
        var x = KernelHarness.Random(4 * network.Input.Length, 1);
        x.CopyTo(large.Input);
        x.CopyTo(small.Input);
        large.Forward(4);
        small.Forward(4);
        for (int i = 0; i < 16; i++) Assert.Equal(small.Output[i], large.Output[i], 1e-5f);
    }

    [Fact]
    public void Inference_with_the_batchs_own_statistics_gives_the_outputs_of_training()
    {
        var network = Tangled();
        network.Initialize(3);
        using var pool = new WorkerPool(2);
        using var training = new NetworkExecutor(network, 5, training: true, pool);
        using var inference = new NetworkExecutor(network, 5, training: false, pool);
        var x = KernelHarness.Random(5 * network.Input.Length, 1);
        x.CopyTo(training.Input);
        x.CopyTo(inference.Input);
        // The running statistics converge to the batch's, except for the variance's unbiased n / (n - 1).
        for (int i = 0; i < 200; i++) training.Forward(5);
        inference.Forward(5);
        for (int i = 0; i < 20; i++) Assert.Equal(training.Output[i], inference.Output[i], 0.05f * (1 + MathF.Abs(training.Output[i])));
        Assert.True(inference.PlannedBytes < training.PlannedBytes);
    }

    [Fact]
    public void A_frozen_executor_keeps_the_weights_it_was_made_with_and_gives_what_an_open_one_gives()
    {
        var network = Tangled();
        network.Initialize(3);
        using var pool = new WorkerPool(2);
        using var frozen = new NetworkExecutor(network, 5, training: false, pool, frozen: true);
        using var open = new NetworkExecutor(network, 5, training: false, pool);
        var x = KernelHarness.Random(5 * network.Input.Length, 1);
        x.CopyTo(frozen.Input);
        x.CopyTo(open.Input);
        open.Forward(5);
        float[] before = open.Output.ToArray();
        network.Parameters.Trainable.Fill(0.01f);
        frozen.Forward(5);
        Assert.Equal(before, frozen.Output.ToArray());
        open.Forward(5);
        Assert.NotEqual(before, open.Output.ToArray());
        Assert.Throws<ArgumentException>(() => new NetworkExecutor(network, 5, training: true, pool, frozen: true));
    }

    [Fact]
    public void Passes_allocate_nothing()
    {
        var network = Tangled();
        network.Initialize(3);
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 6, training: true, pool);
        for (int i = 0; i < 50; i++) Step(executor);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Step(executor);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        var network = Tangled();
        using var pool = new WorkerPool(1);
        var executor = new NetworkExecutor(network, 2, training: false, pool);
        Assert.Throws<ArgumentOutOfRangeException>(() => executor.Forward(3));
        Assert.Throws<InvalidOperationException>(executor.Backward);
        executor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => executor.Forward(1));
    }

    [Fact]
    public void A_batch_too_large_for_any_machine_is_refused_with_the_most_that_goes()
    {
        using var pool = new WorkerPool(1);
        var e = Assert.Throws<FerException>(() => new NetworkExecutor(Tangled(), int.MaxValue / 100, training: false, pool));
        Assert.Contains("21,474,836 examples", e.Message);
        Assert.Contains("smaller batch", e.Message);
    }

    private static void Step(NetworkExecutor executor)
    {
        executor.Forward(6, 5);
        executor.OutputGradient.Fill(0.1f);
        executor.Backward();
    }

    private static double Loss(NetworkExecutor executor, float[] x, float[] dy)
    {
        x.CopyTo(executor.Input);
        executor.Forward(6);
        double sum = 0;
        for (int i = 0; i < dy.Length; i++) sum += (double)executor.Output[i] * dy[i];
        return sum;
    }

    private static float[] Train(int threads)
    {
        var network = Tangled();
        network.Initialize(3);
        using var pool = new WorkerPool(threads);
        using var executor = new NetworkExecutor(network, 6, training: true, pool);
        for (int step = 0; step < 4; step++)
        {
            KernelHarness.Random(6 * network.Input.Length, step).CopyTo(executor.Input);
            executor.Forward(6, step);
            KernelHarness.Random(24, 50 + step).CopyTo(executor.OutputGradient);
            executor.Backward();
            var values = network.Parameters.Trainable;
            for (int i = 0; i < values.Length; i++) values[i] -= 1e-3f * network.Parameters.Gradients[i];
        }
        return network.Parameters.Values.ToArray();
    }
}
