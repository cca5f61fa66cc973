using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Tests.Networks;

namespace Fer.Tests.Models;

public class InferenceGraphTests
{
    [Fact]
    public void A_classifier_of_40_pixels_gets_a_centre_crop_and_probabilities_and_loses_its_dropout()
    {
        var classifier = TestNetworks.Classifier(side: 40);
        var serving = InferenceGraph.Create(classifier, LogitCalibration.OfTemperature(2, 7));
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
        Assert.DoesNotContain(InferenceGraph.Create(TestNetworks.Classifier(side: 48)).Nodes, n => n.Operation is Crop);

    [Fact]
    public void Parameters_are_copied_under_their_names_and_not_shared()
    {
        var classifier = TestNetworks.Classifier();
        var serving = InferenceGraph.Create(classifier);
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
        var serving = InferenceGraph.Create(builder.Build());
        Assert.Equal(["centre_", "softmax", "centre", "temperature", "softmax_"], serving.Nodes.Select(n => n.Name));
    }

    [Theory]
    [InlineData(FaceViews.Flip, 2, 40)]
    [InlineData(FaceViews.Flip, 2, 48)]
    [InlineData(FaceViews.Whole, 1, 40)]
    [InlineData(FaceViews.WholeFlip, 2, 40)]
    [InlineData(FaceViews.Zoom, 4, 40)]
    [InlineData(FaceViews.Zoom, 4, 48)]
    [InlineData(FaceViews.Five, 5, 40)]
    [InlineData(FaceViews.Five, 5, 48)]
    [InlineData(FaceViews.Ten, 10, 40)]
    [InlineData(FaceViews.Ten, 10, 48)]
    [InlineData(FaceViews.TenCrops, 10, 40)]
    [InlineData(FaceViews.TenCrops, 10, 48)]
    public void Views_and_members_are_averaged_over_their_logits_and_calibrated(FaceViews views, int count, int side)
    {
        double[] biases = [0.1, -0.2, 0, 0.3, 0, 0.05, -0.1];
        Network[] members = [TestNetworks.Classifier(side: side, seed: 1), TestNetworks.Classifier(side: 32, seed: 2)];
        float[] faces = [.. TestNetworks.Faces(3).Select(b => (float)b)];
        var mean = new float[3 * 7];
        foreach (var member in members)
        {
            var list = views.List(member.Input.Height);
            Assert.Equal(count, list.Distinct().Count());
            foreach (var view in list)
            {
                // The view taken out by hand, shown to the network itself.
                float[] pixels = [.. Enumerable.Range(0, 3).SelectMany(f => Shown(faces[(f * 2304)..((f + 1) * 2304)], view))];
                var network = NetworkCopy.Clone(member).AtInput(new Shape(1, view.Shown, view.Shown));
                var logits = Run(network, pixels, 3);
                for (int i = 0; i < mean.Length; i++) mean[i] += logits[i] / (2 * count);
            }
        }
        var served = InferenceGraph.Create(members, views, new LogitCalibration(1.7, biases));
        float[] actual = Run(served, faces, 3);
        for (int f = 0; f < 3; f++)
        {
            double sum = Enumerable.Range(0, 7).Sum(c => Math.Exp(mean[f * 7 + c] / 1.7 + biases[c]));
            for (int c = 0; c < 7; c++) Assert.Equal(Math.Exp(mean[f * 7 + c] / 1.7 + biases[c]) / sum, actual[f * 7 + c], 1e-5);
        }
        // Every member's weights once, however many views there are; the biases are constants beside them.
        Assert.Equal(members.Sum(m => m.Parameters.Values.Length) + 7, served.Parameters.Values.Length);
    }

    /// <summary>The pixels of a view: cut out, enlarged between pixel centres with the part's edge repeated, mirrored.</summary>
    private static IEnumerable<float> Shown(float[] face, FaceView view)
    {
        for (int y = 0; y < view.Shown; y++)
            for (int x = 0; x < view.Shown; x++)
            {
                double row = Place(y), column = Place(view.Mirrored ? view.Shown - 1 - x : x);
                int top = Math.Min((int)row, view.Side - 2), left = Math.Min((int)column, view.Side - 2);
                yield return (float)((At(top, left) * (left + 1 - column) + At(top, left + 1) * (column - left)) * (top + 1 - row)
                    + (At(top + 1, left) * (left + 1 - column) + At(top + 1, left + 1) * (column - left)) * (row - top));
            }

        double Place(int pixel) => Math.Clamp((pixel + 0.5) * view.Side / view.Shown - 0.5, 0, view.Side - 1);
        double At(int y, int x) => face[(view.Top + y) * 48 + view.Left + x];
    }

    [Fact]
    public void A_calibration_of_other_classes_is_refused() =>
        Assert.Contains("3 classes", Assert.Throws<FerException>(
            () => InferenceGraph.Create(TestNetworks.Classifier(), LogitCalibration.None(3))).Message);

    [Theory]
    [InlineData(FaceViews.Ten, 40)]
    [InlineData(FaceViews.Ten, 48)]
    [InlineData(FaceViews.Zoom, 48)]
    public void Shared_weights_stay_shared_in_the_file_and_only_predict(FaceViews views, int side)
    {
        var served = InferenceGraph.Create([TestNetworks.Classifier(side: side)], views,
            new LogitCalibration(1.2, [0.1, -0.2, 0, 0.3, 0, 0.05, -0.1]));
        using var file = new MemoryStream();
        OnnxWriter.Write(served, file);
        using var one = new MemoryStream();
        OnnxWriter.Write(InferenceGraph.Create(TestNetworks.Classifier(side: side), LogitCalibration.OfTemperature(1.2, 7)), one);
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

    [Fact]
    public void A_network_of_other_shapes_is_refused()
    {
        Assert.Contains("1x64x64", Assert.Throws<FerException>(() => InferenceGraph.Create(TestNetworks.Classifier(side: 64))).Message);
        var image = new NetworkBuilder("Image", new Shape(1, 48, 48));
        image.Input.Convolution(3, 3);
        Assert.Contains("3x48x48", Assert.Throws<FerException>(() => InferenceGraph.Create(image.Build())).Message);
        Assert.Contains("softmax1", Assert.Throws<FerException>(() => InferenceGraph.Create(TestNetworks.EveryOperation())).Message);
    }
}
