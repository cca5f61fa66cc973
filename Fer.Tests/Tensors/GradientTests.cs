using Fer.Pipeline.Tensors;

namespace Fer.Tests.Tensors;

/// <summary>Every operation's gradient against central differences of its own forward pass, on every instruction set.</summary>
public class GradientTests
{
    public static TheoryData<string, InstructionSet> OperationsAndSets()
    {
        var data = new TheoryData<string, InstructionSet>();
        foreach (string name in Operations.Keys)
            foreach (var set in KernelHarness.AllSets) data.Add(name, set);
        return data;
    }

    private static readonly Dictionary<string, (Func<Operation> Create, Shape[] Inputs)> Operations = new()
    {
        ["convolution 3x3"] = (() => new Convolution(5, 9, Window.Square(3, 1, 1)), [new(5, 4, 5)]),
        ["convolution of one channel"] = (() => new Convolution(1, 18, Window.Square(3, 1, 1)), [new(1, 6, 5)]),
        ["convolution 3x3 stride 2"] = (() => new Convolution(7, 17, Window.Square(3, 2, 1), bias: false), [new(7, 5, 6)]),
        ["convolution 1x1 stride 2"] = (() => new Convolution(6, 3, Window.Square(1, 2), bias: false), [new(6, 5, 4)]),
        ["convolution 1x1"] = (() => new Convolution(6, 11, Window.Square(1)), [new(6, 4, 4)]),
        ["grouped convolution 5x5"] = (() => new Convolution(4, 6, Window.Square(5, 1, 2), groups: 2), [new(4, 5, 5)]),
        ["depthwise convolution"] = (() => new Convolution(10, 10, Window.Square(3, 2, 1), groups: 10), [new(10, 5, 5)]),
        ["lopsided convolution"] = (() => new Convolution(2, 3, new Window(2, 3, 2, 1, 0, 1, 1, 0)), [new(2, 5, 4)]),
        ["batch normalisation"] = (() => new BatchNormalization(9), [new(9, 3, 4)]),
        ["relu"] = (() => new Relu(), [new(9, 3, 4)]),
        ["elu"] = (() => new Elu(0.8f), [new(9, 3, 4)]),
        ["max-pool"] = (() => new MaxPool(Window.Square(2, 2)), [new(9, 5, 4)]),
        ["overlapping max-pool"] = (() => new MaxPool(Window.Square(3, 2, 1)), [new(9, 5, 4)]),
        ["average-pool"] = (() => new AveragePool(Window.Square(3, 2, 1)), [new(9, 5, 4)]),
        ["average-pool with padding"] = (() => new AveragePool(Window.Square(2, 1, 1), true), [new(9, 3, 4)]),
        ["global average-pool"] = (() => new GlobalAveragePool(), [new(9, 3, 4)]),
        ["linear"] = (() => new Linear(9, 18), [new(9)]),
        ["dropout"] = (() => new Dropout(0.4f), [new(9, 3, 4)]),
        ["add"] = (() => new Add(), [new(9, 3, 4), new(9, 3, 4)]),
        ["concat"] = (() => new Concat(), [new(9, 3, 4), new(2, 3, 4), new(17, 3, 4)]),
        ["flatten"] = (() => new Flatten(), [new(9, 3, 4)]),
        ["softmax"] = (() => new Softmax(), [new(9)]),
        ["affine"] = (() => new Affine(0.3f, 1.7f), [new(9, 3, 4)]),
        ["mirror"] = (() => new Mirror(), [new(9, 5, 4)]),
        ["crop"] = (() => new Crop(1, 2, 3, 2), [new(9, 5, 5)]),
    };

    [Fact]
    public void Every_operation_is_among_those_checked()
    {
        var all = typeof(Operation).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Operation)) && !t.IsAbstract);
        Assert.Equal(all.Select(t => t.Name).Order(), Operations.Values.Select(o => o.Create().GetType().Name).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(OperationsAndSets))]
    public void Gradient_equals_central_differences(string name, InstructionSet set)
    {
        const int batch = 3;
        const float step = 1e-2f;
        var (create, shapes) = Operations[name];
        var operation = create();
        using var harness = new KernelHarness(operation, shapes, batch, set);
        if (operation.Parameters.Count > 0) Initialization.Initialize(harness.Parameters, 5);
        foreach (var parameter in harness.Parameters.Where(p => p.IsTrainable && p.Kind != ParameterKind.Weight))
            KernelHarness.Random(parameter.Length, 77).CopyTo(parameter.Values);
        // Kept apart, so that no maximum or corner changes hands within a step.
        var inputs = shapes.Select((s, i) => KernelHarness.Random(batch * s.Length, 20 + i).Select(v => MathF.Round(v * 20) / 20 + 0.021f).ToArray()).ToArray();
        if (operation is MaxPool)
            foreach (var input in inputs) Spread(input);
        var dy = KernelHarness.Random(batch * harness.Output.Length, 3);

        double Loss()
        {
            var y = harness.Forward(inputs);
            double sum = 0;
            for (int i = 0; i < y.Length; i++) sum += (double)y[i] * dy[i];
            return sum;
        }

        Loss();
        var gradients = harness.Backward(dy);
        var parameterGradients = harness.Parameters.Gradients.ToArray();
        var tolerance = 2e-2;
        for (int i = 0; i < inputs.Length; i++) Check(inputs[i], gradients[i]);
        var weights = harness.Parameters.Trainable.ToArray();
        for (int i = 0; i < weights.Length; i += Math.Max(1, weights.Length / 60))
        {
            harness.Parameters.Trainable[i] = weights[i] + step;
            double up = Loss();
            harness.Parameters.Trainable[i] = weights[i] - step;
            double down = Loss();
            harness.Parameters.Trainable[i] = weights[i];
            Assert.InRange(parameterGradients[i] - (up - down) / (2 * step), -tolerance, tolerance);
        }

        void Check(float[] input, float[] gradient)
        {
            for (int i = 0; i < input.Length; i += Math.Max(1, input.Length / 60))
            {
                float before = input[i];
                input[i] = before + step;
                double up = Loss();
                input[i] = before - step;
                double down = Loss();
                input[i] = before;
                Assert.InRange(gradient[i] - (up - down) / (2 * step), -tolerance, tolerance);
            }
        }
    }

    [Theory]
    [MemberData(nameof(OperationsAndSets))]
    public void Accumulating_adds_to_what_another_consumer_wrote(string name, InstructionSet set)
    {
        var (create, shapes) = Operations[name];
        var operation = create();
        using var harness = new KernelHarness(operation, shapes, 3, set);
        Initialization.Initialize(harness.Parameters, 5);
        harness.Forward([.. shapes.Select((s, i) => KernelHarness.Random(3 * s.Length, i))]);
        var dy = KernelHarness.Random(3 * harness.Output.Length, 9);
        var plain = harness.Backward(dy);
        var added = harness.Backward(dy, accumulateOnOnes: true);
        for (int i = 0; i < plain.Length; i++)
            for (int j = 0; j < plain[i].Length; j++) Assert.Equal(plain[i][j] + 1f, added[i][j], 1e-4f);
    }

    private static void Spread(float[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length)];
        new Fer.Pipeline.RandomStream(4).Shuffle<int>(order);
        for (int i = 0; i < values.Length; i++) values[i] = order[i] * 0.05f;
    }
}
