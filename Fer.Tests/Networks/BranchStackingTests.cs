using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class BranchStackingTests
{
    private static float[] Run(Network network, int batch, int count, bool frozen)
    {
        using var pool = new WorkerPool(2);
        using var executor = new NetworkExecutor(network, batch, training: false, pool, frozen);
        Pixels(count, network.Input.Length).CopyTo(executor.Input);
        executor.Forward(count);
        return executor.Output[..(count * network.Output.Length)].ToArray();
    }

    private static float[] Pixels(int count, int length)
    {
        var random = new Fer.Pipeline.RandomStream(4);
        return [.. Enumerable.Range(0, count * length).Select(_ => (float)(255 * random.NextDouble()))];
    }

    private static void AssertSame(Network network, int batch, int count, int stacks)
    {
        Assert.Equal(stacks, BranchStacking.Apply(network, batch).Nodes.Count(n => n.Operation is Stack));
        float[] plain = Run(network, batch, count, frozen: false), stacked = Run(network, batch, count, frozen: true);
        for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i], stacked[i], 1e-5f * (1 + Math.Abs(plain[i])));
    }

    private static Network Residual(long seed)
    {
        var builder = new NetworkBuilder("Residual", new Shape(1, 40, 40));
        var x = builder.Input.Convolution(16, 3, stride: 2).BatchNormalization().Relu();
        var branch = x.Convolution(16, 3).BatchNormalization();
        var sum = builder.Add(new Add(), "sum", branch, x).Relu();
        builder.Add(new MaxPool(Window.Square(2, 2)), "pool", sum).GlobalAveragePool().Linear(7);
        return TestNetworks.Randomized(builder.Build(), seed);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void Ten_views_become_one_batch_and_give_the_same(int batch, int count)
    {
        var network = InferenceGraph.Create([Residual(1)], FaceViews.TenCrops);
        AssertSame(network, batch, count, stacks: 1);
        var stacked = BranchStacking.Apply(network, batch);
        Assert.Equal(3, stacked.Nodes.Count(n => n.Operation is Convolution or Linear));
        Assert.All(stacked.Nodes.Where(n => n.Operation is Convolution or MaxPool), n => Assert.Equal(10, n.Copies));
        Assert.Same(network.Parameters, stacked.Parameters);
    }

    [Fact]
    public void Members_are_stacked_each_for_itself()
    {
        AssertSame(InferenceGraph.Create([Residual(1), Residual(2)], FaceViews.Flip), 2, 2, stacks: 2);
        // The first layer of one view reads the network's input itself.
        AssertSame(InferenceGraph.Create([Residual(1)], FaceViews.WholeFlip), 1, 1, stacks: 1);
    }

    [Fact]
    public void A_large_batch_is_not_made_larger()
    {
        var network = InferenceGraph.Create([Residual(1)], FaceViews.TenCrops);
        Assert.Same(network, BranchStacking.Apply(network, 64));
        // Four at a time at most.
        Assert.All(BranchStacking.Apply(network, 16).Nodes, n => Assert.InRange(n.Copies, 1, 4));
        AssertSame(network, 16, 5, stacks: 3);
    }

    [Fact]
    public void A_layer_applied_to_its_own_output_is_left_alone()
    {
        var builder = new NetworkBuilder("Twice", new Shape(16, 12, 12));
        var convolution = new Convolution(16, 16, Window.Square(3, 1, 1));
        var x = builder.Add(new Mirror(), "mirror", builder.Input);
        var once = builder.Add(convolution, "once", x);
        builder.Add(convolution, "twice", once).GlobalAveragePool();
        AssertSame(TestNetworks.Randomized(builder.Build(), 3), 1, 1, stacks: 0);
    }

    [Fact]
    public void Branches_that_part_are_stacked_up_to_there_and_every_output_stays()
    {
        var builder = new NetworkBuilder("Apart", new Shape(16, 12, 12));
        var convolution = new Convolution(16, 8, Window.Square(3, 1, 1));
        var plain = builder.Add(convolution, "a", builder.Add(new Crop(0, 0, 12, 12), "whole", builder.Input)).Relu();
        var mirrored = builder.Add(convolution, "b", builder.Add(new Mirror(), "mirror", builder.Input)).Relu();
        var pooled = builder.Add(new MaxPool(Window.Square(2, 2)), "max", plain);
        var mean = builder.Add(new AveragePool(Window.Square(2, 2)), "mean", mirrored);
        var sum = builder.Add(new Add(), "sum", pooled, mean);
        var network = TestNetworks.Randomized(builder.Build([("sum", sum), ("first", plain)]), 5);
        AssertSame(network, 2, 2, stacks: 1);
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 2, training: false, pool, frozen: true);
        using var reference = new NetworkExecutor(network, 2, training: false, pool);
        foreach (var e in (NetworkExecutor[])[executor, reference])
        {
            Pixels(2, network.Input.Length).CopyTo(e.Input);
            e.Forward(2);
        }
        Assert.Equal(["sum", "first"], executor.Network.Outputs.Select(o => o.Name));
        for (int i = 0; i < executor.OutputOf(1).Length; i++)
            Assert.Equal(reference.OutputOf(1)[i], executor.OutputOf(1)[i], 1e-3f);
    }
}
