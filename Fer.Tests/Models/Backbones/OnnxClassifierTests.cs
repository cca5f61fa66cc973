using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Models.Backbones;

public sealed class OnnxClassifierTests : IDisposable
{
    // FER+'s order and words.
    private static readonly string[] FerPlus =
        ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Classes_come_in_the_usual_order_under_their_usual_names()
    {
        string file = Network("a.onnx", 1, 64, 8);
        using var model = OnnxClassifier.Load(file, FerPlus, threads: 1);
        Assert.Equal(LabelScheme.Eight.ClassNames, model.ClassNames);
        Assert.Equal("eight", model.Manifest.Scheme);
        var face = Face(3);
        float[] expected = Softmax(Raw(file, Resized(face, 64)));
        var probabilities = model.Predict(face).Probabilities;
        for (int i = 0; i < FerPlus.Length; i++)
            Assert.Equal(expected[i], probabilities[EmotionNames.NameOf(EmotionNames.Parse(FerPlus[i]))], 1e-5f);
    }

    [Theory]
    [InlineData("logits")]
    [InlineData("softmax")]
    [InlineData("normalized")]
    [InlineData("sigmoid")]
    public void An_output_that_is_no_class_is_left_out_and_the_rest_sums_to_1(string ending)
    {
        string file = Network("a.onnx", 1, 48, 4, ending);
        using var model = OnnxClassifier.Load(file, ["bored", "-", "engaged", "confused"], threads: 1);
        Assert.Equal(["bored", "engaged", "confused"], model.ClassNames);
        var face = Face(5);
        float[] raw = Raw(file, [.. face.Select(value => (float)value)]);
        float[] chosen = [raw[0], raw[2], raw[3]];
        float[] expected = ending == "logits" ? Softmax(chosen) : [.. chosen.Select(value => value / chosen.Sum())];
        float[] actual = [.. model.Predict(face).Probabilities.Values];
        for (int i = 0; i < 3; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
    }

    [Fact]
    public void Whatever_the_classes_are_called_the_scheme_reads_back_as_they_are()
    {
        string file = Network("a.onnx", 1, 48, 3);
        string[][] given = [["a+b", "c,d", "\\e"], ["'x'", "\"y\"", "z=1"], ["happy+sad", "happy", "sad"], ["calm", "neutral", "bored"]];
        foreach (string[] names in given)
        {
            using var model = OnnxClassifier.Load(file, names, threads: 1);
            Assert.Equal(names, model.ClassNames);
            Assert.Equal(names, LabelScheme.Parse(model.Manifest.Scheme).ClassNames);
        }
    }

    [Fact]
    public void A_colour_network_gets_the_grey_plane_three_times_as_it_wants_it()
    {
        string file = Network("a.onnx", 3, 32, 3);
        var face = Face(7);
        foreach (var preprocessing in BackbonePreprocessing.All)
        {
            using var model = OnnxClassifier.Load(file, ["happy", "sad", "neutral"], preprocessing, threads: 1);
            float[] pixels = Resized(face, 32), input = new float[3 * pixels.Length];
            for (int i = 0; i < pixels.Length; i++)
            {
                for (int c = 0; c < 3; c++)
                {
                    double mean = preprocessing.Mean[preprocessing.Mean.Count == 1 ? 0 : c];
                    double deviation = preprocessing.Deviation[preprocessing.Deviation.Count == 1 ? 0 : c];
                    input[3 * i + c] = (float)((pixels[i] - mean) / deviation);
                }
            }
            float[] expected = Softmax(Raw(file, input)), actual = [.. model.Predict(face).Probabilities.Values];
            for (int i = 0; i < 3; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
        }
    }

    [Fact]
    public void Many_faces_are_what_each_is_alone()
    {
        string file = Network("a.onnx", 3, 224, 7);
        using var model = OnnxClassifier.Load(file, LabelScheme.Seven.ClassNames, threads: 1);
        byte[] faces = [.. Face(1), .. Face(2), .. Face(3)];
        float[] together = model.Predict(faces, 3);
        for (int i = 0; i < 3; i++)
        {
            float[] alone = model.Predict(faces.AsSpan(i * Pipeline.Faces.Face.PixelCount, Pipeline.Faces.Face.PixelCount), 1);
            for (int c = 0; c < 7; c++) Assert.Equal(alone[c], together[7 * i + c], 1e-5f);
        }
    }

    [Theory]
    [InlineData("happy,sad", "2 classes are named, and the network gives 4 (")]
    [InlineData("happy,sad,happiness,neutral", "The class 'happy' is named twice")]
    [InlineData("happy,-,-,-", "needs at least two")]
    [InlineData("happy,sad,,neutral", "has no name")]
    public void Names_that_do_not_fit_are_refused(string names, string expected) =>
        Assert.Contains(expected, Assert.Throws<FerUsageException>(
            () => OnnxClassifier.Load(Network("a.onnx", 1, 48, 4), names.Split(','))).Message);

    private string Network(string name, int channels, int side, int classes, string ending = "logits")
    {
        var builder = new NetworkBuilder("Foreign", new Shape(channels, side, side));
        var layer = builder.Input.Convolution(8, 3, 2, bias: true).Relu().GlobalAveragePool().Linear(classes);
        if (ending is "softmax" or "normalized") layer = layer.Softmax();
        // As exporters write it that spell the softmax out: the last operator is another one.
        if (ending == "normalized") layer.Affine(0, 1);
        if (ending == "sigmoid") layer.Affine(0, 0.01f).Sigmoid();
        var network = builder.Build();
        network.Initialize(seed: 3);
        string file = _folder.File(name);
        using var stream = File.Create(file);
        OnnxWriter.Write(network, stream);
        return file;
    }

    private static byte[] Face(int seed)
    {
        var random = new RandomStream(seed);
        var pixels = new byte[Pipeline.Faces.Face.PixelCount];
        foreach (ref byte pixel in pixels.AsSpan()) pixel = (byte)random.NextInt32(256);
        return pixels;
    }

    /// <summary>The face as the network is given it: linear between pixel centres.</summary>
    private static float[] Resized(byte[] face, int side)
    {
        var builder = new NetworkBuilder("Resize", new Shape(1, 48, 48));
        builder.Input.Resize(side, side, new ResizeOptions { Interpolation = Interpolation.Linear });
        return Run(builder.Build(), [.. face.Select(value => (float)value)]);
    }

    /// <summary>What the file itself gives for an input [height, width, channels].</summary>
    private static float[] Raw(string file, float[] input) => Run(OnnxReader.Read(file), input);

    private static float[] Run(Network network, float[] input)
    {
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 1, training: false, pool, frozen: true);
        input.CopyTo(executor.Input);
        executor.Forward(1);
        return executor.Output.ToArray();
    }

    private static float[] Softmax(float[] logits)
    {
        double[] powers = [.. logits.Select(logit => Math.Exp(logit - logits.Max()))];
        return [.. powers.Select(power => (float)(power / powers.Sum()))];
    }
}
