using Fer.Pipeline;
using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

/// <summary>Convolution compared with plain loops in doubles, over random shapes and windows.</summary>
public class ConvolutionTests
{
    [Theory]
    [InlineData(InstructionSet.Scalar, 60)]
    [InlineData(InstructionSet.Vector128, 60)]
    [InlineData(InstructionSet.Vector256, 120)]
    [InlineData(InstructionSet.Vector512, 60)]
    public void Forward_and_both_gradients_equal_plain_loops_in_doubles(InstructionSet set, int cases)
    {
        for (int i = 0; i < cases; i++) Compare(set, new RandomStream(2026, i));
    }

    /// <summary>Enough channels for the weights to be processed in several chunks, of whole taps and of parts of taps.</summary>
    [Theory]
    [InlineData(70, 33, 3)]
    [InlineData(700, 20, 1)]
    [InlineData(350, 5, 3)]
    public void Many_channels_equal_plain_loops_too(int inputs, int outputs, int kernel)
    {
        foreach (var set in KernelHarness.AllSets)
            Compare(new Convolution(inputs, outputs, Window.Square(kernel, 1, kernel / 2)), new Shape(inputs, 5, 4), 3, 2, set, 1);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(24)]
    public void Depthwise_convolutions_equal_plain_loops_too(int channels)
    {
        foreach (var set in KernelHarness.AllSets)
            foreach (int stride in new[] { 1, 2 })
                Compare(new Convolution(channels, channels, Window.Square(3, stride, 1), channels), new Shape(channels, 7, 6), 3, 2, set,
                    stride);
    }

    private static (Convolution, Shape)[] Extremes =>
    [
        // Kernels as large as the picture, with and without padding, whole, in groups and depthwise.
        (new Convolution(3, 4, new Window(9, 11, 1, 1, 0, 0, 0, 0)), new Shape(3, 9, 11)),
        (new Convolution(2, 2, Window.Square(15, 1, 7)), new Shape(2, 15, 15)),
        (new Convolution(6, 6, Window.Square(33, 1, 16), 6), new Shape(6, 20, 33)),
        (new Convolution(5, 5, Window.Square(7, 1, 3), 5), new Shape(5, 2, 1)),
        // One pixel, seen by large kernels; strides and dilations beyond the picture.
        (new Convolution(4, 3, Window.Square(3, 1, 1)), new Shape(4)),
        (new Convolution(4, 4, Window.Square(5, 3, 2), 4), new Shape(4)),
        (new Convolution(2, 3, Window.Square(3, 60, 1)), new Shape(2, 7, 9)),
        (new Convolution(2, 3, Window.Square(3, 1, 40, dilation: 40)), new Shape(2, 5, 6)),
        // Numbers of groups that divide nothing evenly by vectors.
        (new Convolution(21, 7, Window.Square(3, 2, 1), 7), new Shape(21, 5, 5)),
        (new Convolution(17, 34, Window.Square(1), 17), new Shape(17, 3, 3)),
        // Wider than the square root of the largest 32-bit number.
        (new Convolution(1, 1, new Window(1, 5, 1, 7, 0, 2, 0, 2)), new Shape(1, 1, 46_341)),
    ];

    [Fact]
    public void Extreme_shapes_equal_plain_loops_too()
    {
        foreach (var (convolution, shape) in Extremes)
            foreach (var set in KernelHarness.AllSets) Compare(convolution, shape, 2, 2, set, 5);
    }

    /// <summary>Taps times chunks of weights leave 32 bits here, which once read memory outside the buffers.</summary>
    [Fact]
    public void A_kernel_of_640_000_taps_sums_all_of_them()
    {
        var convolution = new Convolution(1, 1, Window.Square(800), bias: false);
        using var harness = new KernelHarness(convolution, [new Shape(1, 800, 800)], 1, InstructionSets.Best, training: false);
        harness.Parameters.Values.Fill(0.5f);
        float[] x = [.. Enumerable.Range(0, 640_000).Select(i => i % 3 == 0 ? 1f : 0)];
        Assert.Equal(213_334 / 2.0, harness.Forward(x)[0], 0.01);
    }

    public static TheoryData<int, int, int, Window> LargeImages => new()
    {
        { 3, 40, 1, Window.Square(1) },
        { 16, 64, 1, Window.Square(3, 2, 1) },
        { 1, 33, 1, Window.Square(7, 2, 3) },
        { 28, 28, 28, Window.Square(5, 1, 2) },
        { 20, 20, 20, new Window(3, 5, 2, 1, 0, 2, 1, 1) { DilationHeight = 2 } },
    };

    /// <summary>Splitting an image into bands of pixels changes nothing, not even the rounding.</summary>
    [Theory]
    [MemberData(nameof(LargeImages))]
    public void A_single_large_image_is_the_same_however_many_threads_share_it(int inputs, int outputs, int groups, Window window)
    {
        var convolution = new Convolution(inputs, outputs, window, groups, bias: true);
        var shape = new Shape(inputs, 45, 38);
        foreach (var set in KernelHarness.AllSets)
        {
            Compare(convolution, shape, 1, 3, set, 7);
            Assert.Equal(Output(1), Output(3));

            float[] Output(int threads)
            {
                using var harness = new KernelHarness(convolution, [shape], 1, set, threads);
                KernelHarness.Random(harness.Parameters.TrainableLength, 1).CopyTo(harness.Parameters.Trainable);
                return harness.Forward(KernelHarness.Random(shape.Length, 2));
            }
        }
    }

    private static void Compare(InstructionSet set, RandomStream random)
    {
        int groups = random.NextBoolean(0.3) ? 2 : 1;
        int inputs = groups * (1 + random.NextInt32(14)), outputs = groups * (1 + random.NextInt32(20));
        var window = new Window(1 + random.NextInt32(4), 1 + random.NextInt32(4), 1 + random.NextInt32(3), 1 + random.NextInt32(3),
            random.NextInt32(3), random.NextInt32(3), random.NextInt32(3), random.NextInt32(3));
        if (random.NextBoolean(0.25)) window = Window.Square(1);
        var shape = new Shape(inputs, 4 + random.NextInt32(15), 4 + random.NextInt32(15));
        Compare(new Convolution(inputs, outputs, window, groups, random.NextBoolean(0.5)), shape, 1 + random.NextInt32(4),
            1 + random.NextInt32(3), set, (int)random.NextUInt64());
    }

    private static void Compare(Convolution convolution, Shape shape, int batch, int threads, InstructionSet set, int seed)
    {
        using var harness = new KernelHarness(convolution, [shape], batch, set, threads);
        KernelHarness.Random(harness.Parameters.TrainableLength, seed + 1).CopyTo(harness.Parameters.Trainable);
        var x = KernelHarness.Random(batch * shape.Length, seed + 2);
        var dy = KernelHarness.Random(batch * harness.Output.Length, seed + 3);
        var y = harness.Forward(x);
        var dx = harness.Backward(dy)[0];

        var (expectedY, expectedDx, expectedDw) = ConvolutionReference.Compute(convolution, shape, batch, x, dy);
        string what = $"{convolution.InputChannels}->{convolution.OutputChannels} {convolution.Window} groups {convolution.Groups} on " +
            $"{shape}, batch {batch}, threads {threads}, {set}";
        Close(expectedY, y, $"output of {what}");
        Close(expectedDx, dx, $"input gradient of {what}");
        Close(expectedDw, convolution.Weight.Gradients.ToArray(), $"weight gradient of {what}");
    }

    private static void Close(double[] expected, float[] actual, string what)
    {
        double scale = 1e-5 * (1 + expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= scale, $"{what}: at {i} expected {expected[i]}, got {actual[i]}");
    }
}
