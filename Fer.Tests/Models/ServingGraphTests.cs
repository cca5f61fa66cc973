using Fer.Pipeline;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Tensors;
using Fer.Tests.Networks;

namespace Fer.Tests.Models;

public class ServingGraphTests
{
    [Fact]
    public void A_classifier_of_40_pixels_gets_a_centre_crop_and_probabilities_and_loses_its_dropout()
    {
        var classifier = TestNetworks.Classifier(side: 40);
        var serving = ServingGraph.Create(classifier, temperature: 2);
        Assert.Equal(new Shape(1, 48, 48), serving.Input);
        Assert.Equal(new Shape(7), serving.Output);
        var crop = Assert.IsType<Crop>(serving.Nodes[0].Operation);
        Assert.Equal((4, 4, 40, 40), (crop.Top, crop.Left, crop.Height, crop.Width));
        Assert.Equal(
            ["centre", .. classifier.Nodes.Where(n => n.Operation is not Dropout).Select(n => n.Name), "temperature", "softmax"],
            serving.Nodes.Select(n => n.Name));
        Assert.Equal(0.5f, Assert.IsType<Affine>(serving.Nodes[^2].Operation).Scale);
        Assert.IsType<Softmax>(serving.Nodes[^1].Operation);
    }

    [Fact]
    public void A_classifier_of_48_pixels_gets_no_crop() =>
        Assert.DoesNotContain(ServingGraph.Create(TestNetworks.Classifier(side: 48)).Nodes, n => n.Operation is Crop);

    [Fact]
    public void Parameters_are_copied_under_their_names_and_not_shared()
    {
        var classifier = TestNetworks.Classifier();
        var serving = ServingGraph.Create(classifier);
        Assert.Equal(classifier.Parameters.Select(p => p.Name), serving.Parameters.Select(p => p.Name));
        Assert.True(serving.Parameters.Values.SequenceEqual(classifier.Parameters.Values));
        classifier.Parameters.Values.Clear();
        Assert.True(serving.Parameters.Values.ContainsAnyExcept(0f));
    }

    [Fact]
    public void Layers_named_like_the_added_ones_keep_their_names()
    {
        var builder = new NetworkBuilder("Names", new Shape(1, 40, 40));
        var x = builder.Add(new GlobalAveragePool(), "softmax", builder.Input);
        builder.Add(new Linear(1, 3), "centre", x);
        var serving = ServingGraph.Create(builder.Build());
        Assert.Equal(["centre_", "softmax", "centre", "temperature", "softmax_"], serving.Nodes.Select(n => n.Name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_temperature_that_is_not_positive_is_refused(float temperature) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ServingGraph.Create(TestNetworks.Classifier(), temperature));

    [Fact]
    public void A_network_of_other_shapes_is_refused()
    {
        Assert.Contains("1x64x64", Assert.Throws<FerException>(() => ServingGraph.Create(TestNetworks.Classifier(side: 64))).Message);
        var image = new NetworkBuilder("Image", new Shape(1, 48, 48));
        image.Input.Convolution(3, 3);
        Assert.Contains("3x48x48", Assert.Throws<FerException>(() => ServingGraph.Create(image.Build())).Message);
        Assert.Contains("softmax1", Assert.Throws<FerException>(() => ServingGraph.Create(TestNetworks.EveryOperation())).Message);
    }
}
