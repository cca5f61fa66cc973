using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Tests.Onnx;

namespace Fer.Tests.Detection;

public class BlazeFaceNetworkTests
{
    [Theory]
    [InlineData(DetectorRange.Near)]
    [InlineData(DetectorRange.Far)]
    public void It_agrees_with_an_independent_runtime_on_a_photograph(DetectorRange range)
    {
        string? missing = SamplePhotographs.Missing ?? OnnxRuntime.Missing;
        Assert.SkipUnless(missing is null, missing ?? "");
        byte[] onnx = BlazeFaceFiles.Read(range);
        using var network = new BlazeFaceNetwork(onnx, "blazeface.onnx", threads: 1);
        var photo = ImageDecoder.Load(SamplePhotographs.File1To6(6));
        var input = new float[3 * network.Side * network.Side];
        new RegionResampler(network.Side).Resample(photo, new FaceBox(0, 0, photo.Width, photo.Width), input);
        var ours = new BlazeFaceOutput();
        network.Run(input, ours);

        using var folder = new TemporaryFolder();
        string output = folder.File("output.bin");
        OnnxRuntime.Script("Detection/blazeface.cjs", folder.Write("model.onnx", onnx), network.Side.ToString(),
            folder.Write("input.bin", MemoryMarshal.AsBytes(input.AsSpan()).ToArray()), output);
        float[] values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray();
        float[] actual = [.. ours.Scores, .. ours.Boxes];
        Assert.Equal(values.Length, actual.Length);
        // Scores far from any face are in the thousands.
        for (int i = 0; i < values.Length; i++)
            Assert.InRange(Math.Abs(values[i] - actual[i]), 0, 1e-3f * Math.Max(1, Math.Abs(values[i]) / 100));
        // Or both would agree on nothing.
        Assert.Contains(ours.Scores, score => score > 0);
    }

    [Theory]
    [InlineData(DetectorRange.Near, 128)]
    [InlineData(DetectorRange.Far, 256)]
    public void The_networks_inside_the_library_are_the_files_that_its_text_names(DetectorRange range, int side)
    {
        byte[] onnx = BlazeFaceFiles.Read(range);
        string text = File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Pipeline/Library/Detection/BlazeFace/README.md"));
        Assert.Contains($"`{Convert.ToHexStringLower(SHA256.HashData(onnx))}`", text);
        using var network = new BlazeFaceNetwork(onnx, "BlazeFace", threads: 1);
        Assert.Equal(side, network.Side);
    }

    [Fact]
    public void Another_network_is_refused()
    {
        using var models = new Fer.Tests.Models.TestModels();
        byte[] classifier = models.Files()["model.onnx"];
        Assert.Contains(
            "not a BlazeFace network", Assert.Throws<FerException>(() => new BlazeFaceNetwork(classifier, "a.onnx", 1)).Message);
    }
}
