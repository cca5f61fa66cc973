using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using static Fer.Pipeline.Networks.OnnxAttributes;

namespace Fer.Tests.Networks.Onnx;

/// <summary>
/// Small files that ask for much: each is refused with its node's name, before memory is taken or a constant is computed.
/// </summary>
public class HostileGraphTests
{
    /// <summary>Managed memory that refusing a file of a few bytes may take.</summary>
    private const long MostBytes = 64 << 20;

    [Fact]
    public void A_kernel_far_larger_than_the_picture() => AssertRefused(Face()
        .Filled("w", 1, 1, 1, 800, 800).Node("Conv", "y", "x w", Ints("pads", 400, 400, 400, 400)), "'Conv_y'", "a kernel of 800 over 48");

    [Theory]
    [InlineData("strides", "a stride of 5000")]
    [InlineData("dilations", "a dilation of 5000")]
    public void Strides_and_dilations_far_larger_than_the_picture(string attribute, string message) => AssertRefused(Face()
        .Filled("w", 1, 1, 1, 1, 1).Node("Conv", "y", "x w", Ints(attribute, 5000, 5000)), "'Conv_y'", message);

    [Fact]
    public void Padding_far_larger_than_the_picture() => AssertRefused(Face()
        .Filled("w", 1, 1, 1, 1, 1).Node("Conv", "y", "x w", Ints("pads", 60_000, 60_000, 60_000, 60_000)),
        "'Conv_y'", "a padding of 60000");

    [Fact]
    public void Padding_that_many_threads_multiply() => AssertRefused(new TestGraph().Input("x", 1, 1, 4096, 4096)
        .Filled("w", 1, 1, 1, 3, 3).Node("Conv", "y", "x w", Ints("pads", 4096, 4096, 4096, 4096), Ints("strides", 4096, 4096)),
        "'Conv_y'", "MiB of memory");

    [Fact]
    public void A_picture_whose_tables_outweigh_it() => AssertRefused(new TestGraph().Input("x", 1, 1, 4096, 4096)
        .Filled("w", 1, 1, 1, 3, 3).Node("Conv", "y", "x w", Ints("pads", 1, 1, 1, 1)), "'Conv_y'", "MiB of memory");

    [Fact]
    public void A_depthwise_kernel_whose_places_all_differ() => AssertRefused(new TestGraph().Input("x", 1, 64, 200, 200)
        .Filled("w", 1, 64, 1, 200, 200).Node("Conv", "y", "x w", Int("group", 64), Ints("pads", 100, 100, 99, 99)), "'Conv_y'");

    [Fact]
    public void A_convolution_of_constants_that_takes_minutes() => AssertRefused(Face()
        .Filled("a", 1, 1, 1, 700, 700).Filled("w", 1, 1, 1, 350, 350).Node("Conv", "c", "a w").Node("Add", "y", "x c"),
        "'Conv_c'", "to compute from constants");

    [Fact]
    public void Many_foldings_of_which_each_is_cheap()
    {
        var graph = Face().Filled("c0", 1, 1, 1, 256, 256);
        for (int i = 0; i < 2000; i++) graph.Node("Sqrt", $"c{i + 1}", $"c{i}");
        // Each is computed until the work of all is too much; what they leave behind is counted too.
        byte[] file = graph.Node("ReduceMean", "m", "c2000").Node("Add", "y", "x m").Output("y").Bytes();
        string message = Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(file))).Message;
        Assert.Contains("(Sqrt): takes over 1,000,000,000 multiply-accumulates to compute from constants", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_whose_counter_wraps_around_counts_what_is_there()
    {
        long huge = long.MaxValue;
        byte[] file = Face().Integers("a", huge - 5).Integers("b", huge).Integers("s", huge - 1)
            .Node("Range", "r", "a b s").Node("Relu", "y", "x").Output("y").Bytes();
        Assert.NotNull(OnnxReader.Read(new MemoryStream(file)));
        AssertRefused(Face().Integers("a", -huge).Integers("b", huge).Integers("s", 1).Node("Range", "r", "a b s").Node("Relu", "y", "x"),
            "'Range_r'", "counts from");
        AssertRefused(Face().Integers("a", huge).Integers("b", -huge).Integers("s", -1).Node("Range", "r", "a b s").Node("Relu", "y", "x"),
            "'Range_r'", "counts from");
    }

    [Fact]
    public void Weights_that_the_file_does_not_hold() => AssertRefused(Face()
        .Node("Flatten", "f", "x").Filled("w", 1, 2304, 60_000).Node("MatMul", "y", "f w"), "'MatMul_y'", "MiB of memory");

    [Fact]
    public void A_state_of_zeros_without_end() => AssertRefused(new TestGraph().Input("x", 48, 1, 48)
        .Filled("w", 1, 1, 32, 48).Filled("r", 1, 1, 32, 8).Filled("h", 0, 1, 20_000, 20_000)
        .Node("LSTM", "y", "x w r - - h", Int("hidden_size", 8)), "'LSTM_y'", "state");

    [Fact]
    public void Normalisation_over_more_channels_than_there_are_is_over_all()
    {
        var file = new TestGraph().Input("x", 1, 5, 3, 3).Node("LRN", "y", "x", Int("size", 65_535)).Output("y").Bytes();
        var network = OnnxReader.Read(new MemoryStream(file));
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 1, training: false, pool);
        float[] x = TestGraph.Values(45);
        x.CopyTo(executor.Input);
        executor.Forward(1);
        for (int place = 0; place < 9; place++)
        {
            double sum = Enumerable.Range(0, 5).Sum(c => (double)x[place * 5 + c] * x[place * 5 + c]);
            for (int c = 0; c < 5; c++)
                Assert.Equal(x[place * 5 + c] / Math.Pow(1 + 1e-4 / 65_535 * sum, 0.75), executor.Output[place * 5 + c], 1e-5);
        }
    }

    [Fact]
    public void One_face_that_takes_minutes() => AssertRefused(new TestGraph().Input("x", 1, 1, 4000, 4000)
        .Node("MatMul", "y", "x x"), "'MatMul_y'", "multiply-accumulates");

    [Fact]
    public void A_resize_that_reads_a_long_line_for_every_row() => AssertRefused(new TestGraph().Input("x", 1, 1, 1, 65_000)
        .Integers("s", 1, 1, 65_000, 65_000).Node("Resize", "y", "x - - s"), "'Resize_y'");

    [Fact]
    public void More_layers_than_a_plan_can_place()
    {
        var graph = Face();
        string all = string.Join(' ', Enumerable.Repeat("x", 4000));
        for (int i = 0; i < 10; i++) graph.Node("Sum", $"s{i}", all);
        AssertRefused(graph.Node("Relu", "y", "s9"), "(Sum)", "layers");
    }

    [Fact]
    public void A_slice_without_a_step_is_the_files_fault() => AssertRefused(Face()
        .Integers("n", 1, 2, 3).Integers("a", 0).Integers("b", 2).Integers("none").Node("Slice", "c", "n a b a none")
        .Node("Relu", "y", "x"),
        "'Slice_c'");

    [Fact]
    public void Reading_that_takes_too_long_ends()
    {
        var limits = new OnnxReadLimits { MaxTime = TimeSpan.Zero };
        byte[] file = Face().Node("Relu", "y", "x").Output("y").Bytes();
        var e = Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(file), limits: limits));
        Assert.Contains("'Relu_y' (Relu): could not be read within 0 seconds", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_memory_may_be_allowed()
    {
        byte[] file = new TestGraph().Input("x", 1, 1, 2048, 2048).Filled("w", 1, 1, 1, 3, 3)
            .Node("Conv", "y", "x w", Ints("pads", 1, 1, 1, 1)).Output("y").Bytes();
        Assert.Contains("--max-model-megabytes", Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(file), limits:
            new OnnxReadLimits { MaxMemoryBytes = 100 << 20 })).Message, StringComparison.Ordinal);
        Assert.NotNull(OnnxReader.Read(new MemoryStream(file), limits: new OnnxReadLimits { MaxMemoryBytes = 2L << 30 }));
    }

    [Fact]
    public void A_wide_map_may_be_flattened()
    {
        byte[] file = new TestGraph().Input("x", 1, 64, 48, 48).Node("Flatten", "f", "x").Weights("w", 147_456, 2)
            .Node("MatMul", "y", "f w")
            .Output("y").Bytes();
        Assert.Equal(new Shape(2), OnnxReader.Read(new MemoryStream(file)).Output);
    }

    private static TestGraph Face() => new TestGraph().Input("x", 1, 1, 48, 48);

    private static void AssertRefused(TestGraph graph, params string[] texts)
    {
        byte[] file = graph.Output("y").Bytes();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(file), "hostile.onnx"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        foreach (string text in texts) Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }
}
