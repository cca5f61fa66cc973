using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fer.Tests.Models.Backbones;

/// <summary>ImageNet's ResNet18 from ML.NET's package, which lies beside the tests as beside the program.</summary>
public class BundledBackboneTests
{
    private const string Network = "ResNet18Onnx/ResNet18.onnx", Preparation = "ResNetPrepOnnx/ResNetPreprocess.onnx";

    private static readonly BackboneStore Store = new(Path.Combine(AppContext.BaseDirectory, "no backbones"));

    private static string Bundled(string file) => Path.Combine(AppContext.BaseDirectory, "DnnImageModels", file);

    private static float[] Face(int number)
    {
        var pixels = new byte[Pipeline.Faces.Face.PixelCount];
        SampleFaces.Draw(5, number, pixels);
        return [.. pixels.Select(p => (float)p)];
    }

    private static float[] Features(Backbone backbone, float[] face)
    {
        var cut = backbone.Tap.Cut(backbone.Network);
        using var pool = new WorkerPool(2);
        using var executor = new NetworkExecutor(cut, 1, training: false, pool, frozen: true);
        face.CopyTo(executor.Input);
        executor.Forward(1);
        return executor.Output[..cut.Output.Length].ToArray();
    }

    private static float[] Run(InferenceSession session, float[] values, params int[] dimensions)
    {
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(
            session.InputNames[0], new DenseTensor<float>(values, dimensions))]);
        return [.. results[0].AsEnumerable<float>()];
    }

    private static void Close(float[] expected, float[] actual, double bound)
    {
        Assert.Equal(expected.Length, actual.Length);
        float greatest = expected.Max(MathF.Abs);
        Assert.True(greatest > 0);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= bound * greatest, $"at {i}: {expected[i]} and {actual[i]}");
    }

    [Fact]
    public void It_is_known_by_name_in_any_case_without_being_added()
    {
        Assert.Equal(["Resnet18"], Store.Names);
        var entry = Store.Entry("RESNET18");
        var backbone = Store.Load("resnet18", 48);
        Assert.Equal(entry.Features, backbone.Tap.Cut(backbone.Network).Output.Length);
        Assert.Equal(entry.Parameters, backbone.Network.Parameters.TrainableLength);
        Assert.Equal(new Shape(1, 48, 48), backbone.Network.Input);
    }

    [Fact]
    public void Features_are_those_of_its_two_graphs_run_one_after_the_other()
    {
        using var prepare = new InferenceSession(Bundled(Preparation));
        using var network = new InferenceSession(Bundled(Network));
        // 48 pixels enlarged to 224 as the engine does it, in all three channels.
        float[] face = Face(0), enlarged = Enlarged(face, 224);
        float[] planes = [.. enlarged, .. enlarged, .. enlarged];
        float[] expected = Run(network, Run(prepare, planes, 1, 3, 224, 224), 1, 3, 224, 224);
        Close(expected, Features(Store.Load("Resnet18"), face), 1e-4);
    }

    [Fact]
    public void Features_are_those_of_DnnFeaturizeImage()
    {
        var ml = new MLContext();
        float[] enlarged = Enlarged(Face(1), 224);
        var view = ml.Data.LoadFromEnumerable([new Picture { Pixels = [.. enlarged, .. enlarged, .. enlarged] }]);
        var featurizer = ml.Transforms.DnnFeaturizeImage("Features",
            m => m.ModelSelector.ResNet18(ml, m.OutputColumn, m.InputColumn), "Pixels");
        float[] expected = featurizer.Fit(view).Transform(view).GetColumn<float[]>("Features").Single();
        Close(expected, Features(Store.Load("Resnet18"), Face(1)), 1e-4);
    }

    /// <summary>At odd maps too, where the padding that was written for 224 pixels does not fit: what is exported runs elsewhere.</summary>
    [Theory]
    [InlineData(33)]
    [InlineData(80)]
    public void It_works_at_any_size_and_ONNX_Runtime_agrees(int side)
    {
        var backbone = Store.Load("Resnet18", side);
        var cut = backbone.Tap.Cut(backbone.Network);
        using var stream = new MemoryStream();
        OnnxWriter.Write(cut, stream);
        using var session = new InferenceSession(stream.ToArray());
        float[] face = Face(2);
        Close(Run(session, face, 1, 1, 48, 48), Features(backbone, face), 1e-4);
    }

    [Fact]
    public void The_mean_picture_keeps_its_mean_at_another_size()
    {
        var mean = MeanImage.Read(Bundled(Preparation));
        // Blue, green, red, as Caffe's and CNTK's networks take them.
        double[] means = [.. Enumerable.Range(0, 3).Select(c => Mean(mean, c))];
        Assert.InRange(means[0], 95, 110);
        Assert.InRange(means[2], 115, 130);
        var small = mean.At(50);
        for (int c = 0; c < 3; c++) Assert.Equal(means[c], Mean(small, c), 3);

        static double Mean(MeanImage image, int channel) =>
            image.Values.Skip(channel * image.Side * image.Side).Take(image.Side * image.Side).Average(v => (double)v);
    }

    [Fact]
    public void A_graph_that_does_something_else_has_no_mean_picture() =>
        Assert.Contains("mean picture", Assert.Throws<FerException>(() => MeanImage.Read(Bundled(Network))).Message);

    private static float[] Enlarged(float[] face, int side)
    {
        var builder = new NetworkBuilder("Enlarge", new Shape(1, 48, 48));
        builder.Add(new Resize(side, side, new ResizeOptions { Interpolation = Interpolation.Linear }), "resize", builder.Input);
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(builder.Build(), 1, training: false, pool);
        face.CopyTo(executor.Input);
        executor.Forward(1);
        return executor.Output[..(side * side)].ToArray();
    }

    private sealed class Picture
    {
        [VectorType(3 * 224 * 224)]
        public float[] Pixels { get; set; } = [];
    }
}
