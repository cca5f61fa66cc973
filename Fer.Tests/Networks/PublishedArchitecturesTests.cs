using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class PublishedArchitecturesTests
{
    [Theory]
    // Keras' ResNet50V2 and ResNet101V2, which are Slim's resnet_v2: trainable parameters, and including running statistics.
    [InlineData("ResnetV250", 224, 25_568_360, 25_613_800)]
    [InlineData("ResnetV2101", 224, 44_577_896, 44_675_560)]
    // torchvision's inception_v3 without the auxiliary classifier, mobilenet_v2, vgg19, vgg19_bn and densenet121.
    [InlineData("InceptionV3", 299, 23_834_568, 23_869_000)]
    [InlineData("MobilenetV2", 224, 3_504_872, 3_538_984)]
    [InlineData("Vgg19", 224, 143_667_240, 143_667_240)]
    [InlineData("Vgg19Bn", 224, 143_678_248, 143_689_256)]
    [InlineData("DenseNet121", 224, 7_978_856, 8_062_504)]
    public void Parameters_at_1000_classes_are_the_published_ones(string name, int side, int trainable, int all)
    {
        var network = Architectures.Create(name, 1000, new ArchitectureOptions { InputSide = side });
        Assert.Equal(trainable, network.Parameters.TrainableLength);
        Assert.Equal(all, network.Parameters.Length);
        Assert.Equal(new Shape(1000), network.Output);
    }

    [Theory]
    // Multiply-accumulates in millions, as reported by torchvision and the papers.
    [InlineData("ResnetV250", 224, 3_400, 4_200)]
    [InlineData("InceptionV3", 299, 5_600, 5_800)]
    [InlineData("MobilenetV2", 224, 300, 320)]
    [InlineData("Vgg19", 224, 19_600, 19_700)]
    [InlineData("DenseNet121", 224, 2_800, 2_900)]
    public void Multiply_accumulates_are_the_published_ones(string name, int side, int least, int most) =>
        Assert.InRange(Architectures.Create(name, 1000, new ArchitectureOptions { InputSide = side }).MultiplyAccumulates / 1_000_000,
            least, most);

    [Theory]
    [InlineData("ResnetV250", 3)]
    [InlineData("ResnetV2101", 3)]
    [InlineData("InceptionV3", 4)]
    [InlineData("MobilenetV2", 3)]
    [InlineData("Vgg19", 3)]
    [InlineData("Vgg19Bn", 3)]
    [InlineData("DenseNet121", 3)]
    public void Faces_of_48_pixels_leave_a_map_to_average(string name, int leastSide)
    {
        var network = Architectures.Create(name, 7, new ArchitectureOptions { InputSide = 48, Width = 0.25 });
        var maps = network.Nodes.Where(n => n.Operation is Convolution).Select(n => n.Shape.Height);
        Assert.Equal(leastSide, maps.Min());
        Assert.Equal(new Shape(7), network.Output);
    }

    [Fact]
    public void Input_can_be_resized_inside_the_network()
    {
        var plain = Architectures.Create("MobilenetV2", 7, new ArchitectureOptions { InputSide = 224, Width = 0.25 });
        var resized = Architectures.Create("MobilenetV2", 7, new ArchitectureOptions { InputSide = 48, ResizeTo = 224, Width = 0.25 });
        Assert.Equal(new Shape(1, 48, 48), resized.Input);
        Assert.Equal(plain.Parameters.Length, resized.Parameters.Length);
        Assert.Equal(plain.MultiplyAccumulates, resized.MultiplyAccumulates);
        Assert.Single(resized.Nodes, n => n.Operation is Resize);
    }

    [Fact]
    public void Input_sides_that_are_too_small_are_refused_with_the_minimum()
    {
        foreach (var (name, side, least) in new[] { ("Vgg19", 31, "32"), ("InceptionV3", 23, "24"), ("DenseNet121", 14, "15") })
        {
            var e = Assert.Throws<FerUsageException>(
                () => Architectures.Create(name, 7, new ArchitectureOptions { InputSide = side, Width = 0.1 }));
            Assert.Contains(least, e.Message);
            Assert.NotNull(Architectures.Create(name, 7, new ArchitectureOptions { InputSide = side + 1, Width = 0.1 }));
        }
    }
}
