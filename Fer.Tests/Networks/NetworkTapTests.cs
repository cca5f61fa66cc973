using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class NetworkTapTests
{
    private static Network Build(Func<Layer, Layer> layers)
    {
        var builder = new NetworkBuilder("Tapped", new Shape(1, 16, 16));
        layers(builder.Input);
        return TestNetworks.Randomized(builder.Build(), 4);
    }

    private static Layer Body(Layer x) => x.Convolution(8, 3).BatchNormalization().Relu();

    [Fact]
    public void Features_come_out_before_the_last_linear_layer_and_its_dropout()
    {
        var network = Build(x => Body(x).GlobalAveragePool().Dropout(0.5f).Linear(7).Affine(0, 0.7f).Softmax());
        var tap = NetworkTap.Find(network);
        Assert.IsType<GlobalAveragePool>(network.Nodes[tap.Features].Operation);
        Assert.Equal(7, tap.Head!.Outputs);
        Assert.Equal(new Shape(8), tap.Cut(network).Output);
    }

    [Fact]
    public void A_convolution_may_be_the_head_and_its_map_is_averaged()
    {
        var network = Build(x => Body(x).Dropout(0.5f).Convolution(5, 1, bias: true).Relu().GlobalAveragePool().Softmax());
        var cut = NetworkTap.Find(network).Cut(network);
        Assert.Equal(new Shape(8), cut.Output);
        Assert.IsType<GlobalAveragePool>(cut.Nodes[^1].Operation);
    }

    [Fact]
    public void A_network_without_a_head_gives_its_own_output()
    {
        var network = Build(x => Body(x).Add(Body(x)).GlobalAveragePool());
        var tap = NetworkTap.Find(network);
        Assert.Null(tap.Head);
        Assert.Equal(network.Nodes.Count, tap.Cut(network).Nodes.Count);
    }

    [Fact]
    public void A_bias_added_after_its_layer_belongs_to_the_head()
    {
        var network = Build(x =>
        {
            var features = Body(x).GlobalAveragePool();
            var logits = x.Builder.Add(new Linear(8, 4, bias: false), null, features);
            var table = x.Builder.Add(new Constant(new Shape(4)), null);
            return x.Builder.Add(new Add(), null, logits, table).Softmax();
        });
        Assert.Equal(new Shape(8), NetworkTap.Find(network).Cut(network).Output);
    }

    [Fact]
    public void What_the_features_do_not_need_is_left_out_and_the_values_are_the_same()
    {
        var network = Build(x =>
        {
            var body = Body(x);
            var side = Body(body).GlobalAveragePool();
            return body.GlobalAveragePool().Linear(3).Concat(side);
        });
        // Two streams meet at the end: this is not a head.
        Assert.Null(NetworkTap.Find(network).Head);
        var plain = Build(x => Body(x).GlobalAveragePool().Linear(3));
        var cut = NetworkTap.Find(plain).Cut(plain);
        Assert.Equal(plain.Nodes.Count - 1, cut.Nodes.Count);
        Assert.Equal(plain.Parameters[0].Values.ToArray(), cut.Parameters[0].Values.ToArray());
    }

    [Fact]
    public void Nothing_before_the_head_is_an_error()
    {
        var network = Build(x => x.Flatten().Linear(4));
        Assert.Equal(0, NetworkTap.Find(network).Features);
        var bare = new NetworkBuilder("Bare", new Shape(4));
        bare.Input.Linear(3);
        var built = bare.Build();
        Assert.Throws<FerException>(() => NetworkTap.Find(built).Cut(built));
    }
}
