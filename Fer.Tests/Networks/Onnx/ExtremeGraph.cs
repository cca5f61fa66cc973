using Fer.Pipeline;
using Fer.Pipeline.Networks.Proto;
using static Fer.Pipeline.Networks.OnnxAttributes;

namespace Fer.Tests.Networks.Onnx;

/// <summary>
/// Well-formed graphs of one to four operators with extreme sizes and attributes: what flipped bytes do not reach.
/// </summary>
internal static class ExtremeGraph
{
    private static readonly int[] Sizes = [1, 1, 2, 3, 5, 8, 17, 48, 48, 255, 1000, 46_341, 65_535, 65_536, int.MaxValue];
    private static readonly int[] Small = [0, 1, 1, 2, 3, 4, 7, 13, 47, 48, 49, 700, 46_341, 65_536, int.MaxValue, -1];
    private static readonly string[] Curves =
        ["Relu", "Elu", "Sigmoid", "Exp", "Log", "Sqrt", "Erf", "Gelu", "Mish", "Round", "HardSwish", "Softmax", "Selu", "Neg"];

    internal static byte[] Of(ref RandomStream random)
    {
        var graph = new TestGraph(random.NextInt32(4) == 0 ? 11 : 18);
        int rank = random.NextInt32(5) == 0 ? 3 : 4;
        var shape = new long[rank];
        shape[0] = 1;
        // Most pictures are small, or nearly everything would be refused for its size alone.
        for (int i = 1; i < rank; i++)
        {
            shape[i] = Pick(Sizes, ref random);
            if (random.NextInt32(3) > 0) shape[i] = Math.Min(shape[i], 1 + random.NextInt32(24));
        }
        string last = "x";
        graph.Input("x", shape);
        if (random.NextInt32(4) == 0)
        {
            // Computed while the file is read, not when it is run.
            graph.Filled("c", 0.5f, shape);
            last = "c";
        }
        int nodes = 1 + random.NextInt32(4);
        for (int i = 0; i < nodes; i++) last = Add(graph, last, $"v{i}", rank, (int)Math.Min(shape[1], 4096), ref random);
        if (graph.Model.Graph.Node.All(n => !n.Input.Contains("x"))) graph.Node("Add", "end", $"x {last}").Output("end");
        else graph.Output(last);
        return graph.Bytes();
    }

    private static string Add(TestGraph graph, string x, string y, int rank, int channels, ref RandomStream random)
    {
        int spatial = rank - 2;
        string w = y + "w";
        switch (random.NextInt32(15))
        {
            case 0 or 1 or 2:
                int groups = random.NextInt32(3) == 0 ? channels : 1;
                int outputs = random.NextInt32(2) == 0 ? channels : 1 + random.NextInt32(40);
                long[] kernel = Kernel(spatial, ref random);
                graph.Filled(w, 0.25f, [outputs, channels / groups, .. kernel]);
                graph.Node("Conv", y, $"{x} {w}", [Int("group", groups), .. Window(spatial, ref random)]);
                break;
            case 3:
                graph.Filled(w, 0.25f, [channels, 1 + random.NextInt32(3), .. Kernel(spatial, ref random)]);
                graph.Node("ConvTranspose", y, $"{x} {w}", Window(spatial, ref random));
                break;
            case 4 or 5:
                graph.Node(random.NextInt32(2) == 0 ? "MaxPool" : "AveragePool", y, x, [Ints("kernel_shape", Kernel(spatial, ref random)),
                    .. Window(spatial, ref random), Int("ceil_mode", random.NextInt32(2))]);
                break;
            case 6: graph.Node("LRN", y, x, Int("size", Pick(Small, ref random))); break;
            case 7:
                graph.Integers(w, Some(2 * rank, 3, Small, 0, ref random));
                graph.Node("Pad", y, $"{x} {w}", Text("mode", random.NextInt32(2) == 0 ? "constant" : "edge"));
                break;
            case 8:
                graph.Integers(w, [1, .. Some(rank - 1, 2, Small, 1, ref random)]);
                graph.Node("Tile", y, $"{x} {w}");
                break;
            case 9:
                graph.Integers(w, [1, .. Some(rank - 1, 1, Sizes, 1, ref random)]);
                if (random.NextInt32(2) == 0) graph.Node("Expand", y, $"{x} {w}");
                else graph.Node("Resize", y, $"{x} - - {w}", Text("mode", random.NextInt32(2) == 0 ? "linear" : "cubic"));
                break;
            case 10:
                graph.Integers(w + "a", Pick(Small, ref random)).Integers(w + "b", Pick(Small, ref random))
                    .Integers(w + "c", random.NextInt32(rank)).Integers(w + "d", random.NextInt32(2) == 0 ? 1 : Pick(Small, ref random));
                graph.Node("Slice", y, $"{x} {w}a {w}b {w}c {w}d");
                break;
            case 11: graph.Node("Transpose", y, x, Ints("perm", rank == 4 ? [0, 2, 3, 1] : [0, 2, 1])); break;
            case 12: graph.Node("MatMul", y, $"{x} {x}"); break;
            case 13:
                graph.Filled(w, 1, channels);
                graph.Node("InstanceNormalization", y, $"{x} {w} {w}");
                break;
            default: graph.Node(Curves[random.NextInt32(Curves.Length)], y, x); break;
        }
        return y;
    }

    private static long[] Kernel(int spatial, ref RandomStream random)
    {
        var kernel = new long[spatial];
        for (int i = 0; i < spatial; i++)
            kernel[i] = random.NextInt32(3) == 0 ? Math.Clamp(Pick(Small, ref random), 1, 70_000) : 1 + random.NextInt32(5);
        return kernel;
    }

    private static AttributeProto[] Window(int spatial, ref RandomStream random)
    {
        var attributes = new List<AttributeProto>();
        foreach (var (name, count) in ((string, int)[])[("strides", spatial), ("dilations", spatial), ("pads", 2 * spatial)])
        {
            if (random.NextInt32(2) == 0) continue;
            var values = new long[count];
            for (int i = 0; i < count; i++) values[i] = random.NextInt32(3) == 0 ? Pick(Small, ref random) : 1 + random.NextInt32(2);
            attributes.Add(Ints(name, values));
        }
        return [.. attributes];
    }

    /// <summary>Numbers of which one in <paramref name="each"/> is picked from a list, and the others are usual.</summary>
    private static long[] Some(int count, int each, int[] from, long usual, ref RandomStream random)
    {
        var values = new long[count];
        for (int i = 0; i < count; i++) values[i] = random.NextInt32(each) == 0 ? Pick(from, ref random) : usual;
        return values;
    }

    private static int Pick(int[] values, ref RandomStream random) => values[random.NextInt32(values.Length)];
}
