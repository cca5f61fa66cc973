using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class NetworkBuilderTests
{
    [Fact]
    public void Layers_get_shapes_names_parameters_and_multiply_accumulates()
    {
        var builder = new NetworkBuilder("Tiny", new Shape(1, 48, 48));
        builder.Input.Convolution(16, 3).BatchNormalization().Relu().MaxPool(2).GlobalAveragePool().Linear(7);
        var network = builder.Build();
        Assert.Equal(new Shape(7), network.Output);
        Assert.Equal(["conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "linear1.weight", "linear1.bias"],
            network.Parameters.Select(p => p.Name));
        Assert.Equal(16 * 9 + 2 * 16 + 16 * 7 + 7, network.Parameters.TrainableLength);
        Assert.Equal(48 * 48 * 16 * 9 + 16 * 7, network.MultiplyAccumulates);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        var input = new NetworkBuilder("Wrong", new Shape(1, 8, 8)).Input;
        var error = Assert.Throws<FerException>(() => input.Convolution(4, 3).Add(input.Convolution(5, 3)));
        Assert.Contains("4x8x8", error.Message);
        Assert.Contains("5x8x8", error.Message);
        Assert.Throws<FerException>(() => input.MaxPool(9));
        Assert.Throws<FerException>(() => input.Convolution(3, 3, groups: 2));
    }

    [Fact]
    public void A_layer_of_another_builder_cannot_be_an_input() =>
        Assert.Throws<ArgumentException>(
            () => new NetworkBuilder("A", new Shape(1, 8, 8)).Input.Add(new NetworkBuilder("B", new Shape(1, 8, 8)).Input));

    [Fact]
    public void An_empty_network_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new NetworkBuilder("None", new Shape(1)).Build());
}
