using System.Text.Json;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

/// <summary>Golden values produced by Golden/blocks_torch.py.</summary>
public class BlocksAgainstPyTorchTests
{
    private static readonly JsonElement Cases = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", "blocks_torch.json"))).RootElement.GetProperty("cases");

    private static readonly Dictionary<string, Func<Layer, Layer>> Blocks = new()
    {
        ["bottleneck that widens and halves"] = x => ResnetV2.Bottleneck(x, 4, 2, widens: true),
        ["bottleneck that halves"] = x => ResnetV2.Bottleneck(x, 2, 2, widens: false),
        ["bottleneck"] = x => ResnetV2.Bottleneck(x, 2, 1, widens: false),
        ["inception mixed A"] = x => InceptionV3.MixedA(x, n => n / 16, 3),
        ["inception mixed B"] = x => InceptionV3.MixedB(x, n => n / 48, 5),
        ["inverted residual"] = x => MobilenetV2.InvertedResidual(x, 6, 8, 1),
        ["inverted residual that halves"] = x => MobilenetV2.InvertedResidual(x, 6, 5, 2),
        ["inverted residual without expansion"] = x => MobilenetV2.InvertedResidual(x, 1, 4, 1),
        ["dense block and transition"] = x => DenseNet121.Transition(DenseNet121.DenseBlock(x, 3, 4)),
        ["vgg group"] = x => Vgg19.Group(x, 6, 2, normalized: false),
        ["vgg group with batch normalisation"] = x => Vgg19.Group(x, 6, 2, normalized: true),
    };

    public static TheoryData<string> Names() => [.. Blocks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_training_step_gives_the_outputs_and_gradients_of_PyTorch(string name)
    {
        var expected = Cases.EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        const int batch = 2;
        var input = new Shape(3, 9, 8);
        var builder = new NetworkBuilder(name, input);
        Blocks[name](builder.Input.Convolution(8, 1));
        var network = builder.Build();
        var trainable = network.Parameters.Where(p => p.IsTrainable).ToArray();
        for (int k = 0; k < trainable.Length; k++) Fill(trainable[k], k + 1);
        using var pool = new WorkerPool(2);
        using var executor = new NetworkExecutor(network, batch, training: true, pool);

        ChannelsLast(Uniform(batch * input.Length, 1000).Select(u => 2 * u).ToArray(), input, batch).CopyTo(executor.Input);
        executor.Forward(batch);
        float[] y = Numbers(expected.GetProperty("y"));
        Assert.Equal(expected.GetProperty("outputShape").EnumerateArray().Select(e => e.GetInt32()),
            [batch, network.Output.Channels, network.Output.Height, network.Output.Width]);
        Close(ChannelsLast([.. y.Select(v => (double)v)], network.Output, batch), executor.Output.ToArray(), "output");
        ChannelsLast(Uniform(y.Length, 2000), network.Output, batch).CopyTo(executor.OutputGradient);
        executor.Backward();

        var gradients = expected.GetProperty("gradients").EnumerateArray().ToArray();
        Assert.Equal(gradients.Length, trainable.Length);
        for (int k = 0; k < trainable.Length; k++)
        {
            float[] actual = trainable[k].Gradients.ToArray();
            Assert.Equal(gradients[k].GetProperty("length").GetInt32(), actual.Length);
            int step = gradients[k].GetProperty("step").GetInt32();
            Close(Numbers(gradients[k].GetProperty("values")), [.. actual.Where((_, i) => i % step == 0)], trainable[k].Name);
            Assert.Equal(gradients[k].GetProperty("sum").GetDouble(), actual.Sum(v => (double)v),
                1e-4 * (1 + actual.Sum(v => Math.Abs((double)v))));
        }
    }

    /// <summary>The script's numbers in -1 … 1.</summary>
    private static double[] Uniform(int count, int stream) =>
        [.. Enumerable.Range(0, count).Select(
            i => ((ulong)i * 2654435761 + (ulong)stream * 40503 + 12345) % (1UL << 32) / 2147483648.0 - 1)];

    private static void Fill(NetworkParameter parameter, int stream)
    {
        double[] u = Uniform(parameter.Length, stream);
        int fanIn = parameter.Dimensions.Skip(1).Aggregate(1, (a, b) => a * b);
        for (int i = 0; i < u.Length; i++)
            parameter.Values[i] = (float)(parameter.Kind switch
            {
                ParameterKind.Weight => u[i] * Math.Sqrt(6.0 / fanIn),
                ParameterKind.Scale => 1 + 0.4 * u[i],
                _ => 0.2 * u[i],
            });
    }

    /// <summary>From [batch, channels, height, width] to the engine's order.</summary>
    private static float[] ChannelsLast(double[] values, Shape shape, int batch)
    {
        var result = new float[values.Length];
        for (int n = 0; n < batch; n++)
            for (int c = 0; c < shape.Channels; c++)
                for (int place = 0; place < shape.Area; place++)
                    result[(n * shape.Area + place) * shape.Channels + c] = (float)values[(n * shape.Channels + c) * shape.Area + place];
        return result;
    }

    private static float[] Numbers(JsonElement e) => [.. e.EnumerateArray().Select(v => v.GetSingle())];

    private static void Close(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        float tolerance = 2e-4f * (0.05f + expected.Max(MathF.Abs));
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(actual[i] - expected[i]) <= tolerance, $"{what}[{i}]: {actual[i]} here, {expected[i]} there.");
    }
}
