using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Tests.Onnx;

namespace Fer.Tests.Networks.Onnx;

/// <summary>Networks published by others: the graphs of the ONNX project's backend tests, and BlazeFace.</summary>
public class PublishedNetworksTests
{
    private static readonly string Light = Path.Combine(TestPaths.Root, "..", "shared", "onnx-light");
    private static readonly string BlazeFace = Path.Combine(TestPaths.Root, "Fer.Pipeline", "Library", "Detection", "BlazeFace");

    [Theory]
    [InlineData("bvlc_alexnet")]
    [InlineData("inception_v1")]
    [InlineData("resnet50")]
    [InlineData("squeezenet")]
    [InlineData("vgg19")]
    public void A_published_graph_gives_its_expected_output(string name)
    {
        Assert.SkipUnless(Directory.Exists(Light), "The light ONNX models are not beside the repository (../shared/onnx-light).");
        // The graph makes its weights itself, so that a small file is a large network.
        var network = OnnxReader.Read(Path.Combine(Light, $"light_{name}.onnx"), new OnnxReadLimits { MaxMemoryBytes = 8L << 30 });
        using var pool = new WorkerPool(2);
        using var executor = new NetworkExecutor(network, 1, training: false, pool);
        int length = network.Input.Length;
        var (channels, area) = (network.Input.Channels, network.Input.Area);
        for (int i = 0; i < length; i++) executor.Input[i % area * channels + i / area] = (float)i / length;
        executor.Forward(1);
        OnnxConformance.AssertClose(OnnxConformance.Load(Path.Combine(Light, $"light_{name}_output_0.pb")), executor.Output, 1, name);
    }

    [Theory]
    [InlineData("near.onnx", 128)]
    [InlineData("far.onnx", 256)]
    public void BlazeFace_gives_what_an_independent_runtime_gives(string file, int side)
    {
        Assert.SkipUnless(OnnxRuntime.Missing is null, OnnxRuntime.Missing ?? "");
        string path = Path.Combine(BlazeFace, file);
        var network = OnnxReader.Read(path);
        Assert.Equal(new Shape(3, side, side), network.Input);
        Assert.Equal(["Identity", "Identity_1", "Identity_2", "Identity_3"],
            network.Outputs.Select(o => o.Name.Replace(":0", "", StringComparison.Ordinal)));
        // Two examples: the file declares a batch of one, which the reader treats as a batch of any size.
        float[] pixels = [.. KernelImage(side, 1), .. KernelImage(side, 2)];
        using var pool = new WorkerPool(2);
        using var executor = new NetworkExecutor(network, 2, training: false, pool, frozen: true);
        pixels.CopyTo(executor.Input);
        executor.Forward(2);
        float[][] theirs = OnnxRuntime.RunAll(File.ReadAllBytes(path), pixels, 1);
        for (int output = 0; output < theirs.Length; output++)
        {
            var ours = executor.OutputOf(output);
            Assert.Equal(theirs[output].Length, ours.Length);
            float scale = Math.Max(1, theirs[output].Max(MathF.Abs));
            for (int i = 0; i < ours.Length; i++) Assert.InRange(ours[i] - theirs[output][i], -1e-4f * scale, 1e-4f * scale);
        }
    }

    /// <summary>A smooth image in -1 … 1, [height, width, channels].</summary>
    private static float[] KernelImage(int side, int seed)
    {
        var image = new float[side * side * 3];
        for (int i = 0; i < image.Length; i++)
            image[i] = MathF.Sin(0.11f * seed * (i / 3 % side) + i % 3) * MathF.Cos(0.07f * (i / 3 / side) + seed);
        return image;
    }
}
