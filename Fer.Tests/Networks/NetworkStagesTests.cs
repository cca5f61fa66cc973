using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class NetworkStagesTests
{
    [Theory]
    [InlineData("FerNet", 5)]
    [InlineData("ResnetV250", 6)]
    [InlineData("MobilenetV2", 6)]
    [InlineData("DenseNet121", 6)]
    [InlineData("Vgg19", 6)]
    public void A_stage_holds_the_layers_on_maps_of_one_size_and_the_head_is_one_itself(string architecture, int stages)
    {
        var network = Architectures.Create(architecture, 7, new ArchitectureOptions { InputSide = 48, Width = 0.25 });
        var found = NetworkStages.FromOutput(network);
        Assert.Equal(stages, found.Count);
        Assert.Same(network.Nodes[^1], Assert.Single(found[0]));
        Assert.Equal(network.Nodes.Count(n => n.Operation.Parameters.Count > 0), found.Sum(s => s.Count));
        for (int s = 2; s < found.Count; s++) Assert.True(found[s].Min(n => n.Shape.Area) > found[s - 1].Max(n => n.Shape.Area));
        Assert.Contains(found[^1], n => n.Operation is Convolution && n.Inputs[0] < 4);
    }
}
