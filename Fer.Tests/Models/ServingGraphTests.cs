using Fer.Pipeline;
using Fer.Pipeline.Imaging;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Onnx;
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
    [InlineData(FaceViews.Flip, 2)]
    [InlineData(FaceViews.Whole, 1)]
    [InlineData(FaceViews.WholeFlip, 2)]
    [InlineData(FaceViews.Five, 5)]
    [InlineData(FaceViews.Ten, 10)]
    public void Views_and_members_are_averaged_over_their_logits(FaceViews views, int count)
    {
        Network[] members = [TestNetworks.Classifier(side: 40, seed: 1), TestNetworks.Classifier(side: 32, seed: 2)];
        float[] faces = [.. TestNetworks.Faces(3).Select(b => (float)b)];
        var mean = new float[3 * 7];
        foreach (var member in members)
        {
            var list = views.List(member.Input.Height);
            Assert.Equal(count, list.Distinct().Count());
            foreach (var view in list)
            {
                // The view cut out by hand, shown to the network itself.
                var pixels = new float[3 * view.Side * view.Side];
                for (int f = 0; f < 3; f++)
                    for (int y = 0; y < view.Side; y++)
                        for (int x = 0; x < view.Side; x++)
                            pixels[(f * view.Side + y) * view.Side + x] = faces[(f * 48 + view.Top + y) * 48 + view.Left + (view.Mirrored ? view.Side - 1 - x : x)];
                var network = NetworkCopy.Clone(member).AtInput(new Shape(1, view.Side, view.Side));
                var logits = Run(network, pixels, 3);
                for (int i = 0; i < mean.Length; i++) mean[i] += logits[i] / (2 * count);
            }
        }
        var served = ServingGraph.Create(members, views, 1.7f);
        float[] actual = Run(served, faces, 3);
        for (int f = 0; f < 3; f++)
        {
            double sum = Enumerable.Range(0, 7).Sum(c => Math.Exp(mean[f * 7 + c] / 1.7));
            for (int c = 0; c < 7; c++) Assert.Equal(Math.Exp(mean[f * 7 + c] / 1.7) / sum, actual[f * 7 + c], 1e-5);
        }
        // Every member's weights once, however many views there are.
        Assert.Equal(members.Sum(m => m.Parameters.Values.Length), served.Parameters.Values.Length);
    }

    [Fact]
    public void Shared_weights_stay_shared_in_the_file_and_only_predict()
    {
        var served = ServingGraph.Create([TestNetworks.Classifier()], FaceViews.Ten, 1.2f);
        using var file = new MemoryStream();
        OnnxWriter.Write(served, file);
        using var one = new MemoryStream();
        OnnxWriter.Write(ServingGraph.Create(TestNetworks.Classifier(), 1.2f), one);
        Assert.InRange(file.Length, one.Length, one.Length + 25_000);
        file.Position = 0;
        var read = OnnxReader.Read(file, "ten.onnx");
        TestNetworks.AssertSame(served, read);
        Assert.True(read.SharesWeights);
        TestNetworks.AssertSame(served, NetworkCopy.Clone(read));
        using var pool = new WorkerPool(1);
        Assert.Contains("share", Assert.Throws<FerException>(() => new NetworkExecutor(read, 1, training: true, pool)).Message);
    }

    private static float[] Run(Network network, float[] pixels, int count)
    {
        using var pool = new WorkerPool(2);
        using var executor = new NetworkExecutor(network, count, training: false, pool, frozen: true);
        pixels.CopyTo(executor.Input);
        executor.Forward(count);
        return executor.Output[..(count * network.Output.Length)].ToArray();
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
