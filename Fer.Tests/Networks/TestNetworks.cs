using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

/// <summary>Small networks that together contain every kind of operation.</summary>
internal static class TestNetworks
{
    /// <summary>Pixels to logits, as created by a trainer: the first node normalises, the last is linear.</summary>
    internal static Network Classifier(int side = 40, int classes = 7, long seed = 1)
    {
        var builder = new NetworkBuilder("Tiny", new Shape(1, side, side));
        builder.Input.Affine(128, 1 / 64f)
            .Convolution(8, 3).BatchNormalization().Relu().MaxPool(2)
            .Convolution(16, 3).BatchNormalization().Relu()
            .GlobalAveragePool().Dropout(0.25f).Linear(classes);
        return Randomized(builder.Build(), seed);
    }

    /// <summary>
    /// Every kind of operation, grouped and depthwise convolutions, asymmetric windows, and vectors that are fed back into a convolution.
    /// </summary>
    internal static Network EveryOperation(long seed = 2)
    {
        var builder = new NetworkBuilder("Every", new Shape(1, 48, 48));
        var pixels = builder.Input.Affine(127.5f, 1 / 127.5f);
        var cut = builder.Add(new Crop(3, 5, 40, 38), "cut", builder.Add(new Mirror(), "mirrored", pixels));
        var stem = builder.Add(new Convolution(1, 12, new Window(5, 3, 2, 1, 2, 1, 2, 1)), "stem", cut).BatchNormalization(1e-3f, 0.003f)
            .Elu(0.7f);
        var a = stem.Convolution(12, 3, groups: 3, bias: true).Relu();
        var depthwise = a.Convolution(12, 3, stride: 2, groups: 12).BatchNormalization();
        var pooled = stem.MaxPool(3, 2, 1);
        var sum = depthwise.Add(pooled);
        var mean = builder.Add(new AveragePool(new Window(3, 2, 2, 2, 1, 0, 1, 1), countPadding: true), "mean", sum);
        var inner = builder.Add(new AveragePool(Window.Square(3, 2, 1)), "inner", sum);
        var joined = mean.Concat(inner);
        var features = joined.Dropout(0.5f).GlobalAveragePool();
        // A vector into a 1x1 convolution, and a full-size convolution into a vector: both require a change of rank in ONNX.
        var squeezed = features.Convolution(6, 1, padding: 0, bias: true).Relu();
        var whole = builder.Add(new Convolution(24, 6, new Window(joined.Shape.Height, joined.Shape.Width, 1, 1, 0, 0, 0, 0)), "whole",
            joined);
        var both = squeezed.Add(whole).Concat(features, builder.Add(new Linear(24, 5, bias: false), "direct", features));
        var logits = builder.Add(new Linear(both.Shape.Length + joined.Shape.Length, 7), "head", both.Concat(joined.Flatten()));
        logits.Affine(0, 1 / 1.5f).Softmax();
        return Randomized(builder.Build(), seed);
    }

    /// <summary>
    /// What other people's networks need in addition to <see cref="EveryOperation"/>: recurrent layers over image rows, gates, shuffles,
    /// resizing, products of two values.
    /// </summary>
    internal static Network BorrowedOperations(long seed = 4)
    {
        var builder = new NetworkBuilder("Borrowed", new Shape(1, 48, 48));
        var pixels = builder.Input.Affine(127.5f, 1 / 127.5f);
        var rows = pixels.Reshape(new Shape(48, 48)).Lstm(7);
        var both = rows.Concat(builder.Add(new Gru(48, 5, reverse: true, resetAfter: false), "back", pixels.Reshape(new Shape(48, 48))));
        var states = builder.Add(new Lstm(12, 6, peepholes: true), "peeping", both).Gru(8).LastStep();
        var stem = pixels.Convolution(12, 3, stride: 2, bias: true).Relu6().Convolution(12, 3, groups: 12, dilation: 2, bias: true)
            .LeakyRelu(0.1f);
        var shuffled = stem.Convolution(12, 1, groups: 3, bias: true).PRelu().ShuffleChannels(3).LocalResponseNormalization(5, 0.2f);
        var gate = builder.Add(new Reduce(ReduceFunction.Maximum), "peak", shuffled).Linear(12).Sigmoid();
        var gated = shuffled.Multiply(gate).MaxPool(3, 2, ceilMode: true);
        var bias = builder.Add(new Constant(new Shape(12, gated.Shape.Height)), "table");
        var shifted = gated.Arithmetic(ArithmeticFunction.Add, bias).Tanh();
        var resized = shifted.Resize(7, 9, new ResizeOptions { Interpolation = Interpolation.Linear }).Pad(1, 0, 0, 2, 0.5f);
        var sides = resized.SliceChannels(2, 8);
        var turned = builder.Add(
            new Rearrange(new Shape(8, 8, 11), [Rearrange.Steps(8, 88), Rearrange.Steps(11, 8), [7, 6, 5, 4, 3, 2, 1, 0]]), "turned",
            sides);
        var product = builder.Add(new MatMul(), "product", sides.Crop(0, 0, 8, 8), turned.Crop(0, 0, 8, 8));
        var exp = builder.Add(new Elementary(ElementaryFunction.Softplus), "smooth", product);
        var features = exp.Arithmetic(ArithmeticFunction.Maximum, sides.Crop(0, 1, 8, 8)).Arithmetic(
            ArithmeticFunction.Divide, exp.Clip(1, float.PositiveInfinity)).GlobalAveragePool();
        features.Concat(
            states, builder.Add(new Reduce(ReduceFunction.Sum), "sum",
                stem.Arithmetic(ArithmeticFunction.Subtract, stem.Arithmetic(ArithmeticFunction.Minimum, stem))))
            .Linear(7).Softmax();
        var network = Randomized(builder.Build(), seed);
        foreach (var constant in network.Nodes.Select(n => n.Operation).OfType<Constant>())
            for (int i = 0; i < constant.Value.Length; i++) constant.Value.Values[i] = MathF.Sin(i);
        return network;
    }

    /// <summary>Initial weights, with biases, scales and running statistics changed from their initial values.</summary>
    internal static Network Randomized(Network network, long seed)
    {
        network.Initialize(seed);
        var random = new RandomStream(seed, 77);
        foreach (var parameter in network.Parameters.Where(p => p.Kind != ParameterKind.Weight))
            foreach (ref float value in parameter.Values)
                value = parameter.Kind is ParameterKind.Scale or ParameterKind.RunningVariance
                    ? (float)random.NextDouble(0.5, 1.5)
                    : (float)random.NextDouble(-0.3, 0.3);
        return network;
    }

    /// <summary>Faces as bytes: smooth random blobs, so that the networks see more than noise.</summary>
    internal static byte[] Faces(int count, long seed = 3)
    {
        var faces = new byte[count * 48 * 48];
        for (int face = 0; face < count; face++)
        {
            var random = new RandomStream(seed, face);
            double fx = random.NextDouble(0.05, 0.4), fy = random.NextDouble(0.05, 0.4), phase = random.NextDouble(0, 6),
                contrast = random.NextDouble(20, 90);
            for (int i = 0; i < 48 * 48; i++)
                faces[face * 48 * 48 + i] =
                    (byte)(128 + contrast * Math.Sin(fx * (i % 48) + fy * (i / 48) + phase) + random.NextDouble(-30, 30));
        }
        return faces;
    }

    /// <summary>The same graph, operations and settings, and bit-identical parameters.</summary>
    internal static void AssertSame(Network expected, Network actual)
    {
        Assert.Equal(expected.Architecture, actual.Architecture);
        Assert.Equal(expected.Input, actual.Input);
        Assert.Equal(expected.Nodes.Select(Describe), actual.Nodes.Select(Describe));
        Assert.Equal(expected.Parameters.Select(p => p.Name), actual.Parameters.Select(p => p.Name));
        foreach (var (a, b) in expected.Parameters.Zip(actual.Parameters))
        {
            Assert.Equal(a.Kind, b.Kind);
            Assert.Equal(a.Dimensions, b.Dimensions);
            Assert.Equal(Bits(a), Bits(b));
        }
    }

    private static int[] Bits(NetworkParameter parameter) => [.. parameter.Values.ToArray().Select(BitConverter.SingleToInt32Bits)];

    private static string Describe(Node node)
    {
        // Every public number of the operation, so that a lost setting is noticed.
        var settings = node.Operation.GetType().GetProperties()
            .Where(p => p.PropertyType.IsValueType)
            .Select(p => $"{p.Name}={p.GetValue(node.Operation)}");
        return $"{node.Name}: {node.Operation.Kind}({string.Join(", ", settings)}) of [{string.Join(", ", node.Inputs)}] -> {node.Shape}";
    }
}
