using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class ArchitecturesTests
{
    [Theory]
    // 9 * (32 + 32*32 + 32*64 + 64*64 + 64*128 + 128*128 + 128*256 + 256*256) + 2 * 2 * (32 + 64 + 128 + 256) + 256 * 7 + 7.
    [InlineData("FerNet", 40, 1.0, 7, 1_174_439)]
    [InlineData("FerNet", 48, 1.0, 7, 1_174_439)]
    [InlineData("FerNet", 40, 1.5, 7, 2_639_479)]
    // 9 * (32 + 32*64 + 64*128) + 32 + 64 + 128 + 128*5*5 * 128 + 128 + 128 * 7 + 7.
    [InlineData("ThreeConvolutionCnn", 40, 1.0, 7, 503_303)]
    [InlineData("ThreeConvolutionCnn", 48, 1.0, 3, 683_011)]
    // 9 * (32 + 32*32 + 32*64 + 64*64 + 64*128 + 128*128) + 2 * (32 + 64 + 128) + 128*6*6 * 256 + 256 + 256 * 6 + 6.
    [InlineData("SixClassCnn", 48, 1.0, 6, 1_467_878)]
    // 4 * 128 * (48 + 128 + 2) + 4 * 128 * (128 + 128 + 2) + 128 * 6 + 6.
    [InlineData("RowLstm", 48, 1.0, 6, 224_006)]
    // 9 * (32 + 32*64) + 32 + 64 + 64*12*12 * 128 + 128 + 128 * 7 + 7.
    [InlineData("WebAppCnn", 48, 1.0, 7, 1_199_495)]
    // 9 * (32 + 32*32 + 32*64 + 64*128 + 128*128) + 32 + 32 + 64 + 128 + 128 + 128*3*3 * 256 + 256 + 256 * 7 + 7.
    [InlineData("WebAppDeepCnn", 48, 1.0, 7, 546_471)]
    // 25 * (64 + 64*64) + 9 * (64*128 + 128*128 + 128*256 + 256*256) + 256*6*6 * 128 + 128 * 3 + 3, 2 * (64 + 128 + 256) + 128 biases and
    // twice as much of batch normalisation.
    [InlineData("EluDcnn", 48, 1.0, 3, 2_393_027)]
    // 9 * (32 + 32*64 + 64*128 + 128*256 + 256*256) + 2 * (32 + 64 + 128 + 2*256) + 256*3*3 * 256 + 256 + 2*256 + 256 * 3 + 3.
    [InlineData("SevenLayerCnn", 48, 1.0, 3, 1_570_019)]
    public void Parameters_are_counted_as_in_the_table(string name, int side, double width, int classes, int expected)
    {
        var network = Architectures.Create(name, classes, new ArchitectureOptions { InputSide = side, Width = width });
        Assert.Equal(expected, network.Parameters.TrainableLength);
        Assert.Equal(new Shape(classes), network.Output);
        Assert.Equal(name, network.Architecture);
    }

    [Fact]
    public void FerNet_costs_what_the_recipe_says()
    {
        Assert.InRange(Architectures.Create("fernet", 7).MultiplyAccumulates, 81_000_000, 83_000_000);
        Assert.InRange(Architectures.Create("FerNet", 7, new ArchitectureOptions { Width = 1.5 }).MultiplyAccumulates, 183_000_000,
            185_000_000);
    }

    [Fact]
    public void Every_name_makes_a_network_of_its_name()
    {
        foreach (string name in Architectures.Names) Assert.Equal(name, Architectures.Create(name, 2).Architecture);
    }

    [Fact]
    public void Unknown_name_and_values_out_of_range_are_refused_with_the_remedy()
    {
        var unknown = Assert.Throws<FerUsageException>(() => Architectures.Create("VGG99", 7));
        Assert.Contains("FerNet", unknown.Message);
        Assert.Throws<FerUsageException>(() => Architectures.Create("FerNet", 1));
        Assert.Throws<FerUsageException>(() => Architectures.Create("FerNet", 7, new ArchitectureOptions { InputSide = 4 }));
        Assert.Throws<FerUsageException>(() => Architectures.Create("FerNet", 7, new ArchitectureOptions { Width = double.NaN }));
        Assert.Throws<FerUsageException>(() => Architectures.Create("FerNet", 7, new ArchitectureOptions { Dropout = 1 }));
    }
}
