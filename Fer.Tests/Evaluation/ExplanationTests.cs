using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Tests.Networks;

namespace Fer.Tests.Evaluation;

public class ExplanationTests
{
    /// <summary>A network that answers with the brightness of the left half in class 0 and of the right half in class 1.</summary>
    private static Network Halves()
    {
        var builder = new NetworkBuilder("Halves", new Shape(1, 48, 48));
        builder.Input.Convolution(1, 3, bias: true).BatchNormalization().Relu().AveragePool(24).Flatten().Linear(2);
        var network = builder.Build();
        network.Initialize(1);
        foreach (var parameter in network.Parameters)
        {
            parameter.Values.Clear();
            if (parameter.Kind is ParameterKind.Scale or ParameterKind.RunningVariance) parameter.Values.Fill(1);
            // The middle of the 3x3 kernel: the picture as it is.
            else if (parameter.Dimensions.Count == 4) parameter.Values[4] = 1;
            // Quarters of the picture in rows: top left, top right, bottom left, bottom right.
            else if (parameter.Dimensions.Count == 2) new float[] { 1, 0, 1, 0, 0, 1, 0, 1 }.CopyTo(parameter.Values);
        }
        return network;
    }

    private static byte[] Bright(bool left) =>
        [.. Enumerable.Range(0, Face.PixelCount).Select(i => (byte)(i % 48 < 24 == left ? 250 : 20))];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Grad_cam_points_at_the_half_that_the_class_looks_at(bool left)
    {
        using var gradCam = new GradCam(Halves(), threads: 1);
        var map = gradCam.Explain(Bright(left), left ? 0 : 1);
        Assert.Equal(1, map.Values.Max());
        double inside = 0, outside = 0;
        for (int i = 0; i < map.Values.Count; i++)
        {
            if (i % map.Side < map.Side / 2 == left) inside += map.Values[i];
            else outside += map.Values[i];
        }
        Assert.True(inside > 4 * outside, $"{inside} against {outside}");
    }

    [Fact]
    public void Grad_cam_follows_the_definition_on_a_network_with_crop_and_normalisation()
    {
        var network = InferenceGraph.Create(TestNetworks.Classifier());
        using var gradCam = new GradCam(network, threads: 1);
        var face = new byte[Face.PixelCount];
        SampleFaces.Draw(1, 3, face);
        var map = gradCam.Explain(face, 2);
        Assert.Equal(map.Values, gradCam.Explain(face, 2).Values);
        Assert.All(map.Values, value => Assert.InRange(value, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => gradCam.Explain(face, network.Output.Length));
        Assert.Throws<ArgumentException>(() => gradCam.Explain(face.AsSpan(1), 0));
    }

    [Fact]
    public void Grad_cam_looks_at_the_first_view_whatever_is_averaged_and_added_behind_it()
    {
        var classifier = TestNetworks.Classifier(side: 48);
        using var plain = new GradCam(InferenceGraph.Create(classifier), threads: 1);
        using var averaged = new GradCam(
            InferenceGraph.Create([classifier], FaceViews.Zoom, new LogitCalibration(1.5, [0, 0.1, 0, -0.1, 0, 0, 0])), threads: 1);
        var face = new byte[Face.PixelCount];
        SampleFaces.Draw(1, 3, face);
        var (one, other) = (plain.Explain(face, 2).Values, averaged.Explain(face, 2).Values);
        Assert.Equal(one.Count, other.Count);
        for (int i = 0; i < one.Count; i++) Assert.Equal(one[i], other[i], 1e-4);
    }

    [Fact]
    public void A_network_without_a_convolution_is_refused_by_name()
    {
        var builder = new NetworkBuilder("Flat", new Shape(1, 48, 48));
        builder.Input.Flatten().Linear(2);
        Assert.Contains("Flat has no convolution", Assert.Throws<FerException>(() => new GradCam(builder.Build(), 1)).Message);
    }

    [Fact]
    public void The_probe_sees_the_gradient_that_finite_differences_give()
    {
        // The logit of class 0 is the mean of the left half's quarters, so the gradient towards each of its pixels is 1 / 576.
        var network = Halves();
        using var pool = new WorkerPool(1);
        int relu = network.Nodes.Single(node => node.Operation is Relu).Index;
        var probe = new NodeProbe(relu);
        using var executor = new NetworkExecutor(network, 1, training: true, pool) { Probe = probe };
        byte[] face = Bright(left: true);
        for (int i = 0; i < face.Length; i++) executor.Input[i] = face[i];
        executor.Forward(1);
        executor.OutputGradient.Clear();
        executor.OutputGradient[0] = 1;
        executor.Backward();
        Assert.Equal(Face.PixelCount, probe.Values.Length);
        for (int i = 0; i < probe.Gradient.Length; i++) Assert.Equal(i % 48 < 24 ? 1.0 / 576 : 0, probe.Gradient[i], 1e-7);
    }

    [Fact]
    public void Occlusion_points_at_what_the_prediction_hangs_on()
    {
        // Sure of class 1 only as long as the pixel at (10, 30) is bright.
        static float[] Predict(FaceSet faces) =>
            [.. Enumerable.Range(0, faces.Count).SelectMany(
                i => faces.Pixels(i)[10 * 48 + 30] > 200 ? new[] { 0.1f, 0.9f } : [0.8f, 0.2f])];
        var face = new byte[Face.PixelCount];
        face[10 * 48 + 30] = 255;
        var map = OcclusionExplainer.Explain(Predict, face, 1);
        int cell = 10 / 4 * map.Side + 30 / 4;
        Assert.Equal(1, map.Values[cell]);
        Assert.Equal(0.7, map.Peak, 1e-6);
        Assert.Equal(0, map.Values[^1]);
        Assert.Equal(0, OcclusionExplainer.Explain(Predict, face, 0).Peak);
    }
}
