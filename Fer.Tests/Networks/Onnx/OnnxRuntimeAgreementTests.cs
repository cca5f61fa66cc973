using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Tests.Onnx;

namespace Fer.Tests.Networks.Onnx;

/// <summary>onnxruntime-node, which shares no code with this project, gives the same results as the engine.</summary>
public class OnnxRuntimeAgreementTests
{
    private const int Faces = 100;
    private const float Tolerance = 1e-4f;

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void A_serving_graph_gives_the_same_probabilities(int batch) =>
        AssertAgreement(InferenceGraph.Create(TestNetworks.Classifier(), LogitCalibration.OfTemperature(1.3, 7)), batch);

    [Theory]
    [InlineData(FaceViews.Zoom)]
    [InlineData(FaceViews.Ten)]
    public void Members_over_several_views_give_the_same_probabilities(FaceViews views) =>
        AssertAgreement(
            InferenceGraph.Create([TestNetworks.Classifier(side: 48), TestNetworks.Classifier(side: 36, seed: 4)], views,
                new LogitCalibration(1.3, [0.1, -0.2, 0, 0.3, 0, 0.05, -0.1])), 8);

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void A_network_of_every_operation_gives_the_same_probabilities(int batch) =>
        AssertAgreement(TestNetworks.EveryOperation(), batch);

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public void A_network_of_borrowed_operations_gives_the_same_probabilities(int batch) =>
        AssertAgreement(TestNetworks.BorrowedOperations(), batch);

    [Fact]
    public void A_network_that_ends_in_an_image_gives_the_same_image()
    {
        Assert.SkipUnless(OnnxRuntime.Missing is null, OnnxRuntime.Missing ?? "");
        // One channel, so that the engine's memory order is also ONNX's.
        var builder = new NetworkBuilder("Image", new Shape(1, 48, 48));
        builder.Input.Affine(128, 1 / 64f).Convolution(4, 3, stride: 2, bias: true).Elu().Convolution(1, 5, padding: 1, bias: true);
        AssertAgreement(TestNetworks.Randomized(builder.Build(), 9), 32);
    }

    private static void AssertAgreement(Network network, int batch)
    {
        Assert.SkipUnless(OnnxRuntime.Missing is null, OnnxRuntime.Missing ?? "");
        float[] pixels = [.. TestNetworks.Faces(Faces).Select(b => (float)b)];
        float[] theirs = OnnxRuntime.Run(OnnxRoundTripTests.Bytes(network), pixels, batch);
        float[] ours = Run(network, pixels, batch);
        Assert.Equal(ours.Length, theirs.Length);
        // If all faces gave the same output, agreement would prove nothing.
        int length = network.Output.Length;
        Assert.True(Enumerable.Range(1, Faces - 1).Count(i => Math.Abs(ours[i * length] - ours[0]) > 10 * Tolerance) > Faces / 2);
        for (int i = 0; i < ours.Length; i++)
            Assert.True(Math.Abs(ours[i] - theirs[i]) <= Tolerance,
                $"Value {i % length} of face {i / length}: {ours[i]} here, {theirs[i]} there.");
    }

    private static float[] Run(Network network, float[] pixels, int batch)
    {
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, batch, training: false, pool);
        int inputs = network.Input.Length, outputs = network.Output.Length;
        var result = new float[pixels.Length / inputs * outputs];
        for (int start = 0; start < pixels.Length / inputs; start += batch)
        {
            int count = Math.Min(batch, pixels.Length / inputs - start);
            pixels.AsSpan(start * inputs, count * inputs).CopyTo(executor.Input);
            executor.Forward(count);
            executor.Output[..(count * outputs)].CopyTo(result.AsSpan(start * outputs));
        }
        return result;
    }
}
