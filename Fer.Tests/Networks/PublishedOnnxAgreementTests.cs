using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using Fer.Tests.Onnx;

namespace Fer.Tests.Networks;

/// <summary>Every architecture, trained for a few steps and exported, gives the same results in onnxruntime-node as here.</summary>
public class PublishedOnnxAgreementTests
{
    private const int Classes = 5, Batch = 32;

    public static TheoryData<string, int?> Cases()
    {
        var data = new TheoryData<string, int?>();
        foreach (string name in Architectures.Names) data.Add(name, null);
        data.Add("MobilenetV2", 75);
        data.Add("DenseNet121", 32);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_trained_network_gives_the_same_probabilities(string name, int? resizeTo)
    {
        Assert.SkipUnless(OnnxRuntime.Missing is null, OnnxRuntime.Missing ?? "");
        var network = Architectures.Create(name, Classes, new ArchitectureOptions { InputSide = 48, ResizeTo = resizeTo, Width = 0.125 });
        network.Initialize(3);
        // 33 faces in batches of 32: the last batch holds one face.
        byte[] faces = TestNetworks.Faces(Batch + 1);
        float[] pixels = [.. faces.Select(b => (float)b)];
        using var pool = new WorkerPool(2);
        Train(network, pixels, pool);
        var serving = InferenceGraph.Create(
            network, new LogitCalibration(1.2, [.. Enumerable.Range(0, network.Output.Length).Select(c => 0.1 * c)]));
        using var onnx = new MemoryStream();
        OnnxWriter.Write(serving, onnx);
        float[] theirs = OnnxRuntime.Run(onnx.ToArray(), pixels, Batch);
        using var executor = new NetworkExecutor(serving, Batch + 1, training: false, pool);
        pixels.CopyTo(executor.Input);
        executor.Forward(Batch + 1);
        float[] ours = executor.Output.ToArray();
        Assert.Equal(ours.Length, theirs.Length);
        // If all faces gave the same output, agreement would prove nothing.
        Assert.True(
            Enumerable.Range(0, Batch + 1).Max(i => ours[i * Classes]) - Enumerable.Range(0, Batch + 1).Min(i => ours[i * Classes]) > 1e-3);
        for (int i = 0; i < ours.Length; i++)
            Assert.True(Math.Abs(ours[i] - theirs[i]) <= 1e-4f, $"{name}, value {i}: {ours[i]} here, {theirs[i]} there.");
    }

    private static void Train(Network network, float[] pixels, WorkerPool pool)
    {
        const int count = 16;
        using var executor = new NetworkExecutor(network, count, training: true, pool);
        var targets = new float[count * Classes];
        for (int i = 0; i < count; i++) targets[i * Classes + i % Classes] = 1;
        var optimizer = new Sgd();
        float first = 0, last = 0;
        for (int step = 0; step < 12; step++)
        {
            pixels.AsSpan(0, count * network.Input.Length).CopyTo(executor.Input);
            executor.Forward(count, step);
            last = SoftmaxCrossEntropy.Loss(executor.Output, targets, count, Classes, 0, executor.OutputGradient);
            if (step == 0) first = last;
            executor.Backward();
            GradientClipping.ClipByGlobalNorm(network.Parameters, 5);
            optimizer.Step(network.Parameters, 0.005f, pool);
        }
        Assert.True(float.IsFinite(last) && last < first + 0.5f, $"The loss went from {first} to {last}.");
    }
}
