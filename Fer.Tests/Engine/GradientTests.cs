using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

/// <summary>Every operation's gradient compared with central differences of its own forward pass, on every instruction set.</summary>
public class GradientTests
{
    public static TheoryData<string, InstructionSet> OperationsAndSets()
    {
        var data = new TheoryData<string, InstructionSet>();
        foreach (string name in Operations.Keys)
            foreach (var set in KernelHarness.AllSets) data.Add(name, set);
        return data;
    }

    internal static readonly Dictionary<string, (Func<Operation> Create, Shape[] Inputs)> Operations = new()
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
        ["batch normalisation with running statistics"] = (() => new BatchNormalization(9) { UsesRunningStatistics = true },
            [new(9, 3, 4)]),
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
        ["dilated convolution"] = (() => new Convolution(5, 4, Window.Square(3, 2, 2, 2)), [new(5, 7, 6)]),
        ["dilated convolution of many channels"] = (() => new Convolution(8, 7, new Window(3, 2, 1, 1, 1, 0, 2, 1, 2, 3)), [new(8, 6, 6)]),
        ["dilated depthwise convolution"] = (() => new Convolution(9, 9, Window.Square(3, 1, 2, 2), groups: 9), [new(9, 5, 5)]),
        ["dilated max-pool rounded up"] = (() => new MaxPool(Window.Square(2, 2, 1, 2) with { CeilMode = true }), [new(9, 6, 4)]),
        ["average-pool with padding rounded up"] = (() => new AveragePool(Window.Square(3, 2, 1) with { CeilMode = true }, true),
            [new(9, 6, 4)]),
        ["clip"] = (() => new Clip(-0.8f, 0.9f), [new(9, 3, 4)]),
        ["leaky relu"] = (() => new LeakyRelu(0.2f), [new(9, 3, 4)]),
        ["parametric relu"] = (() => new PRelu(9), [new(9, 3, 4)]),
        ["sigmoid"] = (() => new Sigmoid(), [new(9, 3, 4)]),
        ["tanh"] = (() => new Tanh(), [new(9, 3, 4)]),
        ["local response normalisation"] = (() => new LocalResponseNormalization(5, 0.7f, 0.75f, 1.5f), [new(19, 2, 2)]),
        ["local response normalisation of an even size"] = (() => new LocalResponseNormalization(4, 0.9f, 0.5f), [new(7, 2, 2)]),
        ["sum with a value a channel"] = (() => new Arithmetic(ArithmeticFunction.Add), [new(9, 3, 4), new(9)]),
        ["difference with a value a place"] = (() => new Arithmetic(ArithmeticFunction.Subtract), [new(9, 3, 4), new(1, 3, 4)]),
        ["product of the same shape"] = (() => new Arithmetic(ArithmeticFunction.Multiply), [new(9, 3, 4), new(9, 3, 4)]),
        ["product with a value a row"] = (() => new Arithmetic(ArithmeticFunction.Multiply), [new(9, 3, 4), new(1, 3, 1)]),
        ["product of crossed shapes"] = (() => new Arithmetic(ArithmeticFunction.Multiply), [new(1, 3, 4), new(17, 1, 4)]),
        ["maximum"] = (() => new Arithmetic(ArithmeticFunction.Maximum), [new(9, 3, 4), new(1)]),
        ["minimum"] = (() => new Arithmetic(ArithmeticFunction.Minimum), [new(1), new(9, 3, 4)]),
        ["channel shuffle"] = (() => Rearrange.ShuffleChannels(new(18, 3, 2), 3), [new(18, 3, 2)]),
        ["channel selection"] = (() => Rearrange.SelectChannels(new(18, 3, 2), [2, 3, 4, 4]), [new(18, 3, 2)]),
        ["padding"] = (() => Rearrange.Pad(new(9, 3, 2), 1, 0, 2, 3, 0.5f), [new(9, 3, 2)]),
        ["transposition"] = (() => new Rearrange(new(3, 2, 9), [[0, 9], [.. Enumerable.Range(0, 9)], [0, 18, 36]]), [new(9, 3, 2)]),
        ["reshape"] = (() => new Reshape(new(4, 9, 3)), [new(9, 3, 4)]),
        ["sum over places"] = (() => new Reduce(ReduceFunction.Sum), [new(19, 3, 4)]),
        ["maximum over places"] = (() => new Reduce(ReduceFunction.Maximum), [new(9, 3, 4)]),
        ["minimum over places"] = (() => new Reduce(ReduceFunction.Minimum), [new(9, 3, 4)]),
        ["matrix product"] = (() => new MatMul(), [new(5, 2, 3), new(18, 2, 5)]),
        ["resize to the nearest"] = (() => new Resize(6, 5), [new(9, 3, 4)]),
        ["linear resize"] = (() => new Resize(5, 3, new() { Interpolation = Interpolation.Linear }), [new(9, 3, 4)]),
        ["cubic resize"] = (() => new Resize(
            5, 7, new() { Interpolation = Interpolation.Cubic, Coordinates = ResizeCoordinates.AlignCorners }), [new(9, 4, 4)]),
        ["lstm"] = (() => new Lstm(5, 9), [new(5, 4, 1)]),
        ["lstm of many units, back to front, two sequences, peepholes"] = (() => new Lstm(3, 18, reverse: true, peepholes: true),
            [new(3, 3, 2)]),
        ["gru"] = (() => new Gru(5, 9), [new(5, 4, 1)]),
        ["gru of many units, back to front, reset before"] = (() => new Gru(3, 18, reverse: true, resetAfter: false), [new(3, 3, 2)]),
        ["exponential"] = (() => new Elementary(ElementaryFunction.Exp), [new(9, 2, 2)]),
        ["absolute value"] = (() => new Elementary(ElementaryFunction.Abs), [new(9, 2, 2)]),
        ["softplus"] = (() => new Elementary(ElementaryFunction.Softplus), [new(9, 2, 2)]),
        ["softsign"] = (() => new Elementary(ElementaryFunction.Softsign), [new(9, 2, 2)]),
        ["logarithm"] = (() => new Elementary(ElementaryFunction.Log), [new(9, 2, 2)]),
        ["square root"] = (() => new Elementary(ElementaryFunction.Sqrt), [new(9, 2, 2)]),
        ["reciprocal"] = (() => new Elementary(ElementaryFunction.Reciprocal), [new(9, 2, 2)]),
        ["quotient"] = (() => new Arithmetic(ArithmeticFunction.Divide), [new(9, 3, 4), new(9)]),
        ["power"] = (() => new Arithmetic(ArithmeticFunction.Power), [new(9, 3, 4), new(1, 3, 4)]),
        ["constant"] = (() => new Constant(new(9, 3, 4)), []),
        ["mirror"] = (() => new Mirror(), [new(9, 5, 4)]),
        ["crop"] = (() => new Crop(1, 2, 3, 2), [new(9, 5, 5)]),
    };

    [Fact]
    public void Every_operation_is_among_those_checked()
    {
        // Stacked branches are for frozen networks, which have no gradients.
        var all = typeof(Operation).Assembly.GetTypes().Where(
            t => t.IsSubclassOf(typeof(Operation)) && !t.IsAbstract && t != typeof(Stack) && t != typeof(Unstack));
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
        foreach (var parameter in harness.Parameters.Where(
            p => p.Kind is not (ParameterKind.Weight or ParameterKind.RunningMean or ParameterKind.RunningVariance)))
            KernelHarness.Random(parameter.Length, 77).CopyTo(parameter.Values);
        // Values are spaced apart, so that no maximum changes and no kink is crossed within a step.
        var inputs = shapes.Select(
            (s, i) => KernelHarness.Random(batch * s.Length, 20 + i).Select(v => MathF.Round(v * 20) / 20 + 0.021f).ToArray()).ToArray();
        if (operation is MaxPool or Reduce)
            foreach (var input in inputs) Spread(input);
        // Keep away from poles and from values outside the domain.
        if (operation is Arithmetic { Function: ArithmeticFunction.Divide or ArithmeticFunction.Power }
            or Elementary { Function: ElementaryFunction.Log or ElementaryFunction.Sqrt or ElementaryFunction.Reciprocal })
            inputs = [.. inputs.Select(input => input.Select(v => 1 + MathF.Abs(v)).ToArray())];
        if (operation is Arithmetic) inputs[1] = [.. inputs[1].Select(v => v + 0.024f)];
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
        for (int i = 0; i < weights.Length; i += Math.Max(1, weights.Length / 24))
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
            for (int i = 0; i < input.Length; i += Math.Max(1, input.Length / 24))
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
