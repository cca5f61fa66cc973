using Fer.Pipeline;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Tensors;

namespace Fer.Tests.Networks;

/// <summary>Small networks that between them hold every kind of operation.</summary>
internal static class TestNetworks
{
    /// <summary>Pixels to logits, as a trainer makes it: the first node normalises, the last is linear.</summary>
    internal static Network Classifier(int side = 40, int classes = 7, long seed = 1)
    {
        var builder = new NetworkBuilder("Tiny", new Shape(1, side, side));
        builder.Input.Affine(128, 1 / 64f)
            .Convolution(8, 3).BatchNormalization().Relu().MaxPool(2)
            .Convolution(16, 3).BatchNormalization().Relu()
            .GlobalAveragePool().Dropout(0.25f).Linear(classes);
        return Randomized(builder.Build(), seed);
    }

    /// <summary>Every kind of operation, grouped and depthwise convolutions, uneven windows and vectors that go back into a convolution.</summary>
    internal static Network EveryOperation(long seed = 2)
    {
        var builder = new NetworkBuilder("Every", new Shape(1, 48, 48));
        var pixels = builder.Input.Affine(127.5f, 1 / 127.5f);
        var cut = builder.Add(new Crop(3, 5, 40, 38), "cut", builder.Add(new Mirror(), "mirrored", pixels));
        var stem = builder.Add(new Convolution(1, 12, new Window(5, 3, 2, 1, 2, 1, 2, 1)), "stem", cut).BatchNormalization(1e-3f, 0.003f).Elu(0.7f);
        var a = stem.Convolution(12, 3, groups: 3, bias: true).Relu();
        var depthwise = a.Convolution(12, 3, stride: 2, groups: 12).BatchNormalization();
        var pooled = stem.MaxPool(3, 2, 1);
        var sum = depthwise.Add(pooled);
        var mean = builder.Add(new AveragePool(new Window(3, 2, 2, 2, 1, 0, 1, 1), countPadding: true), "mean", sum);
        var inner = builder.Add(new AveragePool(Window.Square(3, 2, 1)), "inner", sum);
        var joined = mean.Concat(inner);
        var features = joined.Dropout(0.5f).GlobalAveragePool();
        // A vector through a 1x1 convolution and a full-size convolution into a vector: both need the rank to change in ONNX.
        var squeezed = features.Convolution(6, 1, padding: 0, bias: true).Relu();
        var whole = builder.Add(new Convolution(24, 6, new Window(joined.Shape.Height, joined.Shape.Width, 1, 1, 0, 0, 0, 0)), "whole", joined);
        var both = squeezed.Add(whole).Concat(features, builder.Add(new Linear(24, 5, bias: false), "direct", features));
        var logits = builder.Add(new Linear(both.Shape.Length + joined.Shape.Length, 7), "head", both.Concat(joined.Flatten()));
        logits.Affine(0, 1 / 1.5f).Softmax();
        return Randomized(builder.Build(), seed);
    }

    /// <summary>Starting weights, with biases, scales and running statistics moved off their starting values.</summary>
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

    /// <summary>Faces as bytes: smooth random blobs, so that networks see more than noise.</summary>
    internal static byte[] Faces(int count, long seed = 3)
    {
        var faces = new byte[count * 48 * 48];
        for (int face = 0; face < count; face++)
        {
            var random = new RandomStream(seed, face);
            double fx = random.NextDouble(0.05, 0.4), fy = random.NextDouble(0.05, 0.4), phase = random.NextDouble(0, 6), contrast = random.NextDouble(20, 90);
            for (int i = 0; i < 48 * 48; i++)
                faces[face * 48 * 48 + i] = (byte)(128 + contrast * Math.Sin(fx * (i % 48) + fy * (i / 48) + phase) + random.NextDouble(-30, 30));
        }
        return faces;
    }

    /// <summary>The same graph, the same operations and settings, the same parameter bits.</summary>
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

    private static int[] Bits(Parameter parameter) => [.. parameter.Values.ToArray().Select(BitConverter.SingleToInt32Bits)];

    private static string Describe(Node node)
    {
        // Every public number of the operation, so that a setting lost on the way is seen.
        var settings = node.Operation.GetType().GetProperties()
            .Where(p => p.PropertyType.IsValueType)
            .Select(p => $"{p.Name}={p.GetValue(node.Operation)}");
        return $"{node.Name}: {node.Operation.Kind}({string.Join(", ", settings)}) of [{string.Join(", ", node.Inputs)}] -> {node.Shape}";
    }
}
