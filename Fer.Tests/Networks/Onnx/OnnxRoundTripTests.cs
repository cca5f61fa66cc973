using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks.Onnx;

public class OnnxRoundTripTests
{
    [Fact]
    public void A_network_of_every_operation_comes_back_the_same_bit_for_bit()
    {
        var network = TestNetworks.EveryOperation();
        var kinds = network.Nodes.Concat(TestNetworks.BorrowedOperations().Nodes).Select(n => n.Operation.GetType()).ToHashSet();
        var all = typeof(Operation).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Operation)) && !t.IsAbstract);
        // Stacked branches are an executor's own and never written.
        Assert.Equal(["Stack", "Unstack"], all.Where(t => !kinds.Contains(t)).Select(t => t.Name).Order());
        TestNetworks.AssertSame(network, RoundTrip(network));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(22)]
    public void Operations_of_other_peoples_networks_come_back_with_the_same_results(int operatorSet)
    {
        var network = TestNetworks.BorrowedOperations();
        using var stream = new MemoryStream();
        OnnxWriter.Write(network, stream, new OnnxWriteOptions { OperatorSet = operatorSet });
        stream.Position = 0;
        var again = OnnxReader.Read(stream);
        Assert.Equal(network.Parameters.TrainableLength, again.Parameters.TrainableLength);
        float[] expected = Run(network), actual = Run(again);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
    }

    [Fact]
    public void Unsupported_operator_sets_are_a_usage_error() =>
        Assert.Throws<FerUsageException>(
            () => OnnxWriter.Write(TestNetworks.Classifier(), Stream.Null, new OnnxWriteOptions { OperatorSet = 10 }));

    private static float[] Run(Network network)
    {
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 3, training: false, pool);
        byte[] faces = TestNetworks.Faces(3);
        for (int i = 0; i < faces.Length; i++) executor.Input[i] = faces[i];
        executor.Forward(3);
        return executor.Output.ToArray();
    }

    [Fact]
    public void A_classifier_with_its_dropout_comes_back_the_same()
    {
        var network = TestNetworks.Classifier();
        TestNetworks.AssertSame(network, RoundTrip(network));
    }

    [Fact]
    public void Odd_values_of_parameters_keep_their_bits()
    {
        var network = TestNetworks.Classifier();
        var values = network.Parameters[0].Values;
        values[0] = -0f;
        values[1] = float.Epsilon;
        values[2] = float.NaN;
        values[3] = float.NegativeInfinity;
        TestNetworks.AssertSame(network, RoundTrip(network));
    }

    [Fact]
    public void Flattens_that_change_nothing_are_still_layers()
    {
        var builder = new NetworkBuilder("Flat", new Shape(1, 8, 8));
        builder.Input.Convolution(4, 8, padding: 0).Flatten().GlobalAveragePool().Flatten().Flatten().Linear(3);
        var network = TestNetworks.Randomized(builder.Build(), 5);
        TestNetworks.AssertSame(network, RoundTrip(network));
    }

    [Fact]
    public void Chained_affines_stay_apart_and_one_read_twice_is_kept()
    {
        var builder = new NetworkBuilder("Affines", new Shape(1, 8, 8));
        var x = builder.Input.Affine(3, 1).Affine(0, 1).Affine(0, 0.5f);
        x.Affine(-0f, 2).Add(x).GlobalAveragePool();
        var network = builder.Build();
        TestNetworks.AssertSame(network, RoundTrip(network));
    }

    [Fact]
    public void Layer_names_that_clash_with_values_of_the_file_are_kept()
    {
        var builder = new NetworkBuilder("Names", new Shape(1, 8, 8));
        var x = builder.Add(new Relu(), "pixels", builder.Input);
        x = builder.Add(new Affine(1, 2), "probabilities", x);
        x = builder.Add(new Convolution(1, 2, Window.Square(3)), "c", x);
        x = builder.Add(new Elu(), "c.weight", x);
        x = builder.Add(new GlobalAveragePool(), "c.weight_", x);
        builder.Add(new Linear(2, 2), "last", x);
        var network = TestNetworks.Randomized(builder.Build(), 6);
        TestNetworks.AssertSame(network, RoundTrip(network));
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.01f)]
    [InlineData(0.003f)]
    [InlineData(0.9f)]
    [InlineData(1f)]
    public void The_momentum_of_batch_normalisation_survives_the_complement(float momentum)
    {
        var builder = new NetworkBuilder("Momentum", new Shape(1, 4, 4));
        builder.Input.BatchNormalization(momentum: momentum);
        var network = builder.Build();
        TestNetworks.AssertSame(network, RoundTrip(network));
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes() =>
        Assert.Equal(Bytes(TestNetworks.EveryOperation()), Bytes(TestNetworks.EveryOperation()));

    [Fact]
    public void Input_and_output_must_be_named_apart()
    {
        var e = Assert.Throws<FerException>(
            () => OnnxWriter.Write(TestNetworks.Classifier(), Stream.Null, new OnnxWriteOptions { OutputName = "pixels" }));
        Assert.Contains("'pixels'", e.Message);
    }

    internal static byte[] Bytes(Network network)
    {
        using var stream = new MemoryStream();
        OnnxWriter.Write(network, stream);
        return stream.ToArray();
    }

    private static Network RoundTrip(Network network) => OnnxReader.Read(new MemoryStream(Bytes(network)));
}
