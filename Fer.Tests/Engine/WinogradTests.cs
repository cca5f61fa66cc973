using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Engine;

/// <summary>Minimal filtering compared with direct convolution.</summary>
public class WinogradTests
{
    /// <summary>
    /// Shapes and batches for which minimal filtering is chosen: whole and partial tiles, odd paddings, half a block of columns, a bias.
    /// </summary>
    [Theory]
    [InlineData(16, 16, 20, 20, 1, 1, 12, 1, false)]
    [InlineData(16, 32, 12, 13, 1, 1, 20, 2, true)]
    [InlineData(48, 16, 9, 11, 0, 2, 20, 3, false)]
    [InlineData(32, 80, 20, 17, 2, 0, 10, 2, false)]
    [InlineData(16, 24, 24, 24, 1, 1, 24, 2, false)]
    [InlineData(48, 64, 5, 5, 1, 1, 24, 1, true, 3)]
    [InlineData(64, 48, 6, 6, 1, 1, 52, 2, false, 3)]
    [InlineData(64, 64, 6, 5, 0, 2, 40, 2, false, 3)]
    [InlineData(96, 96, 12, 12, 1, 1, 44, 1, false)]
    public void Outputs_and_gradients_equal_direct_sums(
        int inputs, int outputs, int height, int width, int padTop, int padLeft, int batch, int threads, bool bias, int tile = 4)
    {
        foreach (var set in KernelHarness.AllSets)
        {
            if (set == InstructionSet.Vector512 && (inputs % 16 != 0 || outputs % 16 != 0)) continue;
            var window = new Window(3, 3, 1, 1, padTop, padLeft, 1, 1);
            var shape = new Shape(inputs, height, width);
            var (direct, winograd) = (Run(allows: false), Run(allows: true));
            for (int i = 0; i < direct.Length; i++) Close(direct[i], winograd[i], $"{set} array {i}");

            float[][] Run(bool allows)
            {
                var convolution = new Convolution(inputs, outputs, window, bias: bias);
                using var harness = new KernelHarness(convolution, [shape], batch, set, threads, allowsWinograd: allows);
                Assert.Equal(allows ? $"winograd{tile}" : "direct", harness.Kernel.Method);
                KernelHarness.Random(harness.Parameters.TrainableLength, 1).CopyTo(harness.Parameters.Trainable);
                var y = harness.Forward(KernelHarness.Random(batch * shape.Length, 2));
                var dx = harness.Backward(KernelHarness.Random(batch * harness.Output.Length, 3))[0];
                return [y, dx, harness.Parameters.Gradients.ToArray()];
            }
        }
    }

    /// <summary>Whole and partial tiles of 6x6, odd paddings, half a block of columns, a bias.</summary>
    [Theory]
    [InlineData(64, 64, 6, 6, 1, 1, 50, 2, true)]
    [InlineData(16, 48, 24, 12, 1, 1, 7, 1, false)]
    [InlineData(48, 16, 47, 41, 0, 2, 1, 1, false)]
    [InlineData(32, 32, 18, 17, 1, 0, 6, 2, true)]
    public void Weights_that_change_no_more_are_applied_in_larger_tiles_and_give_the_direct_sums(
        int inputs, int outputs, int height, int width, int padTop, int padLeft, int batch, int threads, bool bias)
    {
        foreach (var set in KernelHarness.AllSets)
        {
            var window = new Window(3, 3, 1, 1, padTop, padLeft, 1, 1);
            var shape = new Shape(inputs, height, width);
            Close(Run(allows: false), Run(allows: true), $"{set}");

            float[] Run(bool allows)
            {
                var convolution = new Convolution(inputs, outputs, window, bias: bias);
                using var harness = new KernelHarness(
                    convolution, [shape], batch, set, threads, training: false, allowsWinograd: allows, frozen: true);
                Assert.Equal(allows ? "winograd6" : "direct", harness.Kernel.Method);
                KernelHarness.Random(harness.Parameters.TrainableLength, 1).CopyTo(harness.Parameters.Trainable);
                return harness.Forward(KernelHarness.Random(batch * shape.Length, 2));
            }
        }
    }

    [Fact]
    public void A_batch_smaller_than_planned_gives_the_same()
    {
        var builder = new NetworkBuilder("One", new Shape(16, 12, 12));
        builder.Input.Convolution(32, 3);
        var network = builder.Build();
        network.Initialize(1);
        using var pool = new WorkerPool(2);
        using var large = new NetworkExecutor(network, 40, training: false, pool);
        using var direct = new WorkerPool(2) { AllowsWinograd = false };
        using var small = new NetworkExecutor(network, 3, training: false, direct);
        var x = KernelHarness.Random(3 * network.Input.Length, 1);
        x.CopyTo(large.Input);
        x.CopyTo(small.Input);
        large.Forward(3);
        small.Forward(3);
        Close(small.Output[..(3 * network.Output.Length)].ToArray(), large.Output[..(3 * network.Output.Length)].ToArray(), "output");
    }

    private static void Close(float[] expected, float[] actual, string what)
    {
        // Minimal filtering loses one to two digits compared with direct sums in floats.
        float scale = 3e-5f * (1 + expected.Max(MathF.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= scale, $"{what}: at {i} expected {expected[i]}, got {actual[i]}");
    }
}
