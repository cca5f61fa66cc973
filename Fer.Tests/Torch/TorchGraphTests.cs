using System.Runtime.InteropServices;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Torch;
using Fer.Tests.Engine;
using TorchSharp;

namespace Fer.Tests.Torch;

/// <summary>Each operation on TorchSharp beside the managed engine: outputs, gradients of inputs and weights, running statistics.</summary>
[Collection(Libtorch.Collection)]
public class TorchGraphTests
{
    private const int Batch = 3;

    public static TheoryData<string> Names => [.. GradientTests.Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_operation_gives_what_the_managed_engine_gives(string name)
    {
        var device = Libtorch.Device();
        var (create, shapes) = GradientTests.Operations[name];
        var operation = create();
        if (operation is Fer.Pipeline.Engine.Dropout) return;
        using var harness = new KernelHarness(operation, shapes, Batch, InstructionSets.Best);
        Fill(harness.Parameters);
        var inputs = shapes.Select((shape, i) => Apart(operation, KernelHarness.Random(Batch * shape.Length, 20 + i))).ToArray();
        float[] slope = KernelHarness.Random(Batch * harness.Output.Length, 3);

        var builder = new NetworkBuilder("One");
        var layers = shapes.Select((shape, i) => builder.AddInput($"in{i}", shape)).ToArray();
        var copy = create();
        builder.Add(copy, "it", layers);
        var network = builder.Build();
        Fill(network.Parameters);
        using var weights = new TorchWeights(network.Parameters, device.Place.Device, learns: true);
        weights.Take();
        using var graph = new TorchGraph(network, weights, device.Place, training: true);
        using var scope = torch.NewDisposeScope();
        var tensors = shapes.Select((shape, i) => torch.tensor(inputs[i]).view(Batch, shape.Channels, shape.Height, shape.Width)).ToArray();
        foreach (var tensor in tensors) tensor.requires_grad = true;
        var output = graph.Run(tensors).expand(Batch, -1, -1, -1);

        Close(harness.Forward(inputs), Values(output));
        float[][] gradients = harness.Backward(slope);
        var loss = output.mul(torch.tensor(slope).view(output.shape)).sum();
        if (!loss.requires_grad) return;
        loss.backward();
        for (int i = 0; i < shapes.Length; i++) Close(gradients[i], Values(tensors[i].grad!));
        if (harness.Parameters.TrainableLength > 0) Close(harness.Parameters.Gradients.ToArray(), Values(weights.Gradients!));
        weights.Give();
        Close(harness.Parameters.Values.ToArray(), network.Parameters.Values.ToArray());
    }

    [Fact]
    public void Layers_that_no_device_trains_are_named()
    {
        var builder = new NetworkBuilder("Holes", new Shape(2, 9, 9));
        builder.Add(new AveragePool(Window.Square(2, 1, 0, 2)), "wide", builder.Input);
        var fault = Assert.Throws<Fer.Pipeline.FerException>(() => TorchGraph.Check(builder.Build()));
        Assert.Contains("'wide'", fault.Message);
    }

    private static void Fill(ParameterSet parameters)
    {
        if (parameters.Length == 0) return;
        Initialization.Initialize(parameters, 5);
        foreach (var parameter in parameters.Where(p => p.Kind is not (ParameterKind.Weight or ParameterKind.RunningVariance)))
            KernelHarness.Random(parameter.Length, 77).CopyTo(parameter.Values);
    }

    // Away from ties, poles and values outside the domain.
    private static float[] Apart(Operation operation, float[] values) => operation switch
    {
        Fer.Pipeline.Engine.Arithmetic { Function: ArithmeticFunction.Divide or ArithmeticFunction.Power }
            or Elementary { Function: ElementaryFunction.Log or ElementaryFunction.Sqrt or ElementaryFunction.Reciprocal } =>
            [.. values.Select(v => 1 + MathF.Abs(v))],
        _ => values,
    };

    private static float[] Values(torch.Tensor tensor)
    {
        using var host = tensor.detach().contiguous().cpu();
        return MemoryMarshal.Cast<byte, float>(host.bytes).ToArray();
    }

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= 2e-5f * (1 + MathF.Abs(expected[i])),
                $"{i}: {expected[i]} and {actual[i]}");
    }
}
