using Fer.Pipeline;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class ReferenceNetworksTests
{
    [Theory]
    // Counts from PyTorch's model.parameters() and its running means and variances for the same definitions.
    [InlineData("rthin48", 1_227_623, 2_880, 142.2)]
    [InlineData("resnet18_48", 11_171_271, 9_600, 1_247.0)]
    [InlineData("vgg40", 1_174_439, 1_920, 81.6)]
    public void Counts_equal_those_of_PyTorch(string name, int trainable, int statistics, double millions)
    {
        var network = ReferenceNetworks.Create(name);
        Assert.Equal(trainable, network.Parameters.TrainableLength);
        Assert.Equal(statistics, network.Parameters.Values.Length - trainable);
        Assert.InRange(network.MultiplyAccumulates / 1e6, millions * 0.995, millions * 1.005);
    }

    [Fact]
    public void Unknown_name_is_refused_with_the_known_ones()
    {
        Assert.Contains("rthin48", Assert.Throws<FerUsageException>(() => ReferenceNetworks.Create("alexnet")).Message);
    }
}
