using System.Runtime.InteropServices;
using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Torch;
using Fer.Pipeline.Training;
using TorchSharp;

namespace Fer.Tests.Torch;

/// <summary>Steps of a training on TorchSharp beside the same steps on the managed engine.</summary>
[Collection(Libtorch.Collection)]
public sealed class TorchNetworkTests
{
    private const int Count = 24, Classes = 7, Side = 24;

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Nadam)]
    public void After_one_step_all_parameters_agree(OptimizerKind optimizer)
    {
        var device = Libtorch.Device();
        var options = Options with { Optimizer = optimizer, GradientClipping = 0.5f, WeightDecay = 0.01f };
        var ours = Learn(new ManagedDevice(2, winograd: true), options, steps: 1);
        var theirs = Learn(device, options, steps: 1);
        Assert.Equal(ours.Loss, theirs.Loss, 1e-5f);
        // Where a gradient is nearly nothing, Adam divides rounding by rounding.
        float tolerance = optimizer == OptimizerKind.Sgd ? 1e-4f : 1e-3f;
        Close(ours.Values, theirs.Values, tolerance);
        Close(ours.Average, theirs.Average, tolerance);
        for (int i = 0; i < ours.State.Length; i++) Close(ours.State[i], theirs.State[i], 1e-4f);
        Close(ours.Logits, theirs.Logits, 1e-4f);
    }

    [Fact]
    public void Frozen_layers_and_smaller_rates_are_those_of_the_managed_engine()
    {
        var device = Libtorch.Device();
        void Freeze(Network network)
        {
            foreach (var parameter in network.Parameters)
                parameter.LearningRateFactor = parameter.Name.StartsWith("linear", StringComparison.Ordinal) ? 0.5f : 0;
            foreach (var node in network.Nodes)
                if (node.Operation is BatchNormalization norm) norm.UsesRunningStatistics = true;
        }

        var ours = Learn(new ManagedDevice(2, winograd: true), Options, steps: 3, Freeze);
        var theirs = Learn(device, Options, steps: 3, Freeze);
        Close(ours.Values, theirs.Values, 1e-4f);
    }

    [Fact]
    public void A_card_without_room_takes_a_batch_in_parts()
    {
        var device = Libtorch.Device();
        // Batch normalisation by its running statistics: parts do not measure themselves then.
        void Release(Network network)
        {
            foreach (var node in network.Nodes)
                if (node.Operation is BatchNormalization norm) norm.UsesRunningStatistics = true;
        }

        var whole = Learn(device, Options, steps: 2, Release);
        var asked = new List<int>();
        var parts = Learn(device, Options, steps: 2, Release, parts =>
        {
            asked.Add(parts);
            if (parts < 4) throw new ExternalException("CUDA out of memory. Tried to allocate 20.00 MiB.");
        });
        Assert.Equal([1, 2, 4, 4], asked);
        Close(whole.Values, parts.Values, 1e-4f);
        Assert.Throws<ExternalException>(() => Learn(device, Options, steps: 1, Release, _ => throw new ExternalException("broken")));
    }

    [Fact]
    public void Bfloat16_changes_the_loss_by_little()
    {
        Libtorch.Device();
        var full = Learn(new TorchDevice(new TorchPlace(torch.CPU), 2), Options, steps: 3);
        var half = Learn(new TorchDevice(new TorchPlace(torch.CPU, Halves: true), 2), Options, steps: 3);
        Assert.NotEqual(full.Loss, half.Loss);
        Assert.InRange(half.Loss / full.Loss, 0.97f, 1.03f);
    }

    [Fact]
    public void Channels_innermost_give_the_same()
    {
        var device = Libtorch.Device();
        var usual = Learn(device, Options, steps: 3);
        var last = Learn(new TorchDevice(new TorchPlace(torch.CPU, ChannelsLast: true), 2), Options, steps: 3);
        Close(usual.Values, last.Values, 1e-3f);
    }

    [Fact]
    public void Tensors_do_not_pile_up()
    {
        var device = Libtorch.Device();
        var network = Network();
        using var learner = device.Load(network, Count, Options);
        var optimizer = Options.CreateOptimizer();
        learner.Take(optimizer, null);
        learner.Resize(Side);
        var batch = Batch(0);
        long before = 0;
        for (int i = 0; i < 12; i++)
        {
            learner.Learn(batch, optimizer, null, 0.01f, i);
            learner.Give(optimizer, null);
            if (i == 2) before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_row_lstm_and_a_grouped_network_train_alike()
    {
        var device = Libtorch.Device();
        foreach (string name in new[] { "RowLstm", "MobilenetV2", "WebAppCnn" })
        {
            var options = Options with { Arch = name };
            Network Create()
            {
                var network = Architectures.Create(name, Classes, new ArchitectureOptions { InputSide = 48, Width = 0.25, Dropout = 0 });
                network.Initialize(3);
                return network;
            }

            var ours = Learn(new ManagedDevice(2, winograd: true), options, steps: 2, network: Create());
            var theirs = Learn(device, options, steps: 2, network: Create());
            // Rounding grows in two steps of a deep network on noise.
            Assert.InRange(theirs.Loss / ours.Loss, 0.99f, 1.01f);
        }
    }

    private static ImageClassificationTrainer.Options Options { get; } =
        new ImageClassificationTrainer.Options { Dropout = 0 }.Resolve(null);

    private static Network Network()
    {
        var builder = new NetworkBuilder("Small", new Shape(1, Side, Side));
        builder.Input.Affine(128, 1 / 64f).Convolution(16, 3).BatchNormalization().Relu().MaxPool(2)
            .Convolution(32, 3).BatchNormalization().Relu().GlobalAveragePool().Linear(Classes);
        var network = builder.Build();
        network.Initialize(2);
        return network;
    }

    private static FaceBatch Batch(int number, int side = Side)
    {
        var random = new RandomStream(5, number);
        var batch = new FaceBatch(Count, side * side, Classes) { Count = Count };
        foreach (ref float value in batch.Pixels) value = 255 * random.NextSingle();
        for (int i = 0; i < Count; i++) batch.Target(i)[random.NextInt32(Classes)] = 1;
        return batch;
    }

    private static Learnt Learn(
        ITrainingDevice device, ImageClassificationTrainer.Options options, int steps, Action<Network>? prepare = null,
        Action<int>? passing = null, Network? network = null)
    {
        network ??= Network();
        prepare?.Invoke(network);
        using var learner = device.Load(network, Count, options);
        if (learner is TorchNetwork torch) torch.Passing = passing;
        var optimizer = options.CreateOptimizer();
        var average = new ExponentialMovingAverage(network.Parameters);
        learner.Take(optimizer, average);
        learner.Resize(network.Input.Height);
        float loss = 0;
        for (int i = 0; i < steps; i++) loss = learner.Learn(Batch(i, network.Input.Height), optimizer, average, 0.01f, i);
        learner.Give(optimizer, average);
        float[] logits = learner.Logits.ToArray();
        if (device is ManagedDevice) device.Dispose();
        return new Learnt(loss, network.Parameters.Values.ToArray(), average.Values.ToArray(),
            [.. optimizer.StateOf(network.Parameters).Select(array => array.ToArray())], logits);
    }

    private sealed record Learnt(float Loss, float[] Values, float[] Average, float[][] State, float[] Logits);

    private static void Close(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        float greatest = expected.Max(MathF.Abs);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance * (MathF.Abs(expected[i]) + 0.01f * greatest),
                $"{i}: {expected[i]} and {actual[i]}");
    }
}
