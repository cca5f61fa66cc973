using System.Text.Json;
using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

/// <summary>Golden values produced by Golden/operations_torch.py.</summary>
public class OperationsAgainstPyTorchTests
{
    private static readonly JsonElement Cases = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", "operations_torch.json"))).RootElement.GetProperty("cases");

    public static TheoryData<string, InstructionSet> CasesAndSets()
    {
        var data = new TheoryData<string, InstructionSet>();
        foreach (var c in Cases.EnumerateArray())
            foreach (var set in KernelHarness.AllSets) data.Add(c.GetProperty("name").GetString()!, set);
        return data;
    }

    [Theory]
    [MemberData(nameof(CasesAndSets))]
    public void Outputs_and_gradients_equal_those_of_PyTorch(string name, InstructionSet set)
    {
        var c = Cases.EnumerateArray().Single(e => e.GetProperty("name").GetString() == name);
        var sizes = c.GetProperty("inputShape").EnumerateArray().Select(e => e.GetInt32()).ToArray();
        var input = new Shape(sizes[1], sizes[2], sizes[3]);
        var operation = Create(c, input);
        using var harness = new KernelHarness(operation, [input], sizes[0], set);
        var trainable = harness.Parameters.Where(p => p.IsTrainable).ToArray();
        var values = c.GetProperty("parameters").EnumerateArray().ToArray();
        for (int i = 0; i < trainable.Length; i++) Numbers(values[i]).CopyTo(trainable[i].Values);
        if (operation is BatchNormalization bn)
        {
            Numbers(c.GetProperty("running")[0]).CopyTo(bn.RunningMean.Values);
            Numbers(c.GetProperty("running")[1]).CopyTo(bn.RunningVariance.Values);
        }

        Close(Numbers(c.GetProperty("y")), harness.Forward(Numbers(c.GetProperty("x"))));
        Close(Numbers(c.GetProperty("dx")), harness.Backward(Numbers(c.GetProperty("dy")))[0]);
        var gradients = c.GetProperty("gradients").EnumerateArray().ToArray();
        for (int i = 0; i < trainable.Length; i++) Close(Numbers(gradients[i]), trainable[i].Gradients.ToArray());
        if (operation is BatchNormalization after)
        {
            Close(Numbers(c.GetProperty("runningAfter")[0]), after.RunningMean.Values.ToArray());
            Close(Numbers(c.GetProperty("runningAfter")[1]), after.RunningVariance.Values.ToArray());
        }
    }

    private static Operation Create(JsonElement c, Shape input)
    {
        Window Window()
        {
            int stride = c.GetProperty("stride").GetInt32(), pad = c.GetProperty("padding").GetInt32();
            int dilation = c.TryGetProperty("dilation", out var d) ? d.GetInt32() : 1;
            return new(c.GetProperty("kernel")[0].GetInt32(), c.GetProperty("kernel")[1].GetInt32(), stride, stride, pad, pad, pad, pad,
                dilation, dilation, c.TryGetProperty("ceil", out _));
        }
        return c.GetProperty("kind").GetString() switch
        {
            "conv" =>
                new Convolution(input.Channels, c.GetProperty("outputs").GetInt32(), Window(), c.GetProperty("groups").GetInt32(),
                    c.GetProperty("bias").GetBoolean()),
            "bn" => new BatchNormalization(input.Channels),
            "maxpool" => new MaxPool(Window()),
            "avgpool" => new AveragePool(Window(), c.GetProperty("countPadding").GetBoolean()),
            "linear" => new Linear(input.Channels, c.GetProperty("outputs").GetInt32()),
            "elu" => new Elu(c.GetProperty("alpha").GetSingle()),
            "clip" => new Clip(c.GetProperty("minimum").GetSingle(), c.GetProperty("maximum").GetSingle()),
            "leakyrelu" => new LeakyRelu(c.GetProperty("alpha").GetSingle()),
            "prelu" => new PRelu(input.Channels),
            "sigmoid" => new Sigmoid(),
            "tanh" => new Tanh(),
            "lrn" => new LocalResponseNormalization(
                c.GetProperty("size").GetInt32(), c.GetProperty("alpha").GetSingle(), c.GetProperty("beta").GetSingle(),
                c.GetProperty("constant").GetSingle()),
            "resize" => new Resize(c.GetProperty("height").GetInt32(), c.GetProperty("width").GetInt32(), new ResizeOptions
            {
                Interpolation = c.GetProperty("mode").GetString() switch
                {
                    "nearest" => Interpolation.Nearest,
                    "bilinear" =>
                    Interpolation.Linear,
                    _ => Interpolation.Cubic
                },
                Coordinates = c.GetProperty("align").GetBoolean() ? ResizeCoordinates.AlignCorners
                    : c.GetProperty("mode").GetString() == "nearest" ? ResizeCoordinates.Asymmetric : ResizeCoordinates.HalfPixel,
                Rounding = NearestRounding.Floor,
            }),
            "lstm" => new Lstm(input.Channels, c.GetProperty("outputs").GetInt32()),
            "gru" => new Gru(input.Channels, c.GetProperty("outputs").GetInt32()),
            "softmax" => new Softmax(),
            var kind => throw new InvalidOperationException($"No operation {kind}."),
        };
    }

    private static float[] Numbers(JsonElement e) => [.. e.EnumerateArray().Select(v => v.GetSingle())];

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float scale = expected.Max(MathF.Abs);
        for (int i = 0; i < expected.Length; i++) Assert.InRange(actual[i] - expected[i], -2e-5f * (1 + scale), 2e-5f * (1 + scale));
    }
}
