using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Microsoft.ML.OnnxRuntime;
using static Fer.Pipeline.Networks.OnnxAttributes;

namespace Fer.Tests.Networks.Onnx;

/// <summary>
/// Operators that the official cases leave out, or give with other types: read and run, they give what ONNX Runtime gives.
/// </summary>
public class OnnxOperatorTests
{
    private const TensorProto.Types.DataType HalfType = TensorProto.Types.DataType.Float16, Byte = TensorProto.Types.DataType.Uint8,
        SignedByte = TensorProto.Types.DataType.Int8, Whole = TensorProto.Types.DataType.Int32;

    [Fact]
    public void Transposed_convolution_with_groups_dilation_and_output_padding()
    {
        AssertAgrees(new TestGraph().Input("x", 1, 4, 5, 6).Weights("w", 4, 3, 3, 2).Weights("b", 6).Node("ConvTranspose", "y", "x w b",
            Int("group", 2), Ints("strides", 3, 2), Ints("pads", 1, 0, 2, 1), Ints("output_padding", 1, 0), Ints("dilations", 1, 2)));
        AssertAgrees(new TestGraph().Input("x", 1, 2, 9).Weights("w", 2, 3, 4).Node("ConvTranspose", "y", "x w", Ints("strides", 2)));
        AssertAgrees(new TestGraph().Input("x", 1, 2, 4, 4).Weights("w", 2, 1, 3, 3).Node("ConvTranspose", "y", "x w",
            Ints("strides", 2, 2), Text("auto_pad", "SAME_UPPER")));
        AssertAgrees(new TestGraph().Input("x", 1, 2, 4, 4).Weights("w", 2, 1, 3, 3).Node("ConvTranspose", "y", "x w",
            Ints("strides", 3, 3), Ints("output_shape", 10, 9)));
    }

    [Fact]
    public void Layer_normalisation_over_the_channels_of_places() => AssertAgrees(new TestGraph().Input("x", 1, 6, 4, 5)
        .Node("Transpose", "t", "x", Ints("perm", 0, 2, 3, 1)).Weights("s", 6).Weights("b", 6)
        .Node("LayerNormalization", "n", "t s b", Float("epsilon", 1e-3f)).Node("Transpose", "y", "n", Ints("perm", 0, 3, 1, 2)));

    [Fact]
    public void Instance_normalisation_with_scale_and_shift() => AssertAgrees(new TestGraph().Input("x", 1, 5, 4, 3)
        .Weights("s", 5).Weights("b", 5).Node("InstanceNormalization", "y", "x s b"));

    [Fact]
    public void Group_normalisation_of_both_operator_sets() => AssertAgrees(new TestGraph(21).Input("x", 1, 6, 4, 3)
        .Weights("s", 6).Weights("b", 6).Node("GroupNormalization", "y", "x s b", Int("num_groups", 3)));

    [Fact]
    public void Gelu_both_ways_and_spelled_out()
    {
        AssertAgrees(new TestGraph(20).Input("x", 1, 100).Node("Gelu", "y", "x"));
        AssertAgrees(new TestGraph(20).Input("x", 1, 100).Node("Gelu", "y", "x", Text("approximate", "tanh")));
        AssertAgrees(new TestGraph().Input("x", 1, 100).Floats("r", [], 1.4142135f).Floats("one", [], 1).Floats("half", [], 0.5f)
            .Node("Div", "d", "x r").Node("Erf", "e", "d").Node("Add", "a", "e one").Node("Mul", "m", "x a").Node("Mul", "y", "m half"));
        AssertAgrees(new TestGraph(18).Input("x", 1, 100).Node("Mish", "y", "x"));
    }

    [Fact]
    public void Rounding_is_to_even() => AssertAgrees(new TestGraph().Input("x", 1, 100).Floats("f", [], 5)
        .Node("Mul", "m", "x f").Node("Round", "r", "m").Node("Floor", "f1", "m").Node("Ceil", "c", "m").Node("Sum", "y", "r f1 c"));

    [Fact]
    public void Half_precision_weights_become_float32()
    {
        float[] values = TestGraph.Values(24);
        byte[] halves = [.. values.SelectMany(v => BitConverter.GetBytes((Half)v))];
        AssertAgrees(new TestGraph().Input("x", 1, 2, 6, 6).Raw("h", HalfType, [3, 2, 2, 2], halves).Node("Cast", "w", "h", Int("to", 1))
            .Node("Conv", "y", "x w"));
        byte[] doubles = [.. values.SelectMany(v => BitConverter.GetBytes((double)v))];
        AssertAgrees(new TestGraph().Input("x", 1, 2, 6, 6).Raw("h", TensorProto.Types.DataType.Double, [3, 2, 2, 2], doubles)
            .Node("Cast", "w", "h", Int("to", 1)).Node("Conv", "y", "x w"));
        // Bfloat16 is the upper half of a float32.
        byte[] upper = [.. values.SelectMany(v => BitConverter.GetBytes(v)[2..])];
        var network = Read(new TestGraph().Input("x", 1, 24).Raw("w", TensorProto.Types.DataType.Bfloat16, [1, 24], upper)
            .Node("Add", "y", "x w").Output("y").Bytes());
        float[] sum = TestGraph.Run(network, new float[24]);
        for (int i = 0; i < sum.Length; i++) Assert.Equal(values[i], sum[i], 0.01f);
    }

    [Fact]
    public void A_network_in_half_precision_is_computed_in_float32()
    {
        byte[] weights = [.. TestGraph.Values(4).SelectMany(v => BitConverter.GetBytes((Half)v))];
        var graph = new TestGraph().Input("x", 1, 4).Raw("w", HalfType, [1, 4], weights)
            .Node("Mul", "y", "x w").Output("y", HalfType);
        graph.Model.Graph.Input[0].Type.TensorType.ElemType = (int)HalfType;
        float[] y = TestGraph.Run(Read(graph.Bytes()), [1, 2, 3, 4]);
        for (int i = 0; i < 4; i++) Assert.Equal((i + 1) * TestGraph.Values(4)[i], y[i], 0.01f);
    }

    [Fact]
    public void A_quantised_convolution_in_the_qdq_form()
    {
        byte[] weights = [.. TestGraph.Values(54).Select(v => (byte)(sbyte)(v * 100))];
        AssertAgrees(new TestGraph().Input("x", 1, 2, 7, 7)
            .Floats("xs", [], 0.013f).Raw("xz", Byte, [], [114])
            .Raw("wq", SignedByte, [3, 2, 3, 3], weights).Floats("ws", [3], 0.011f, 0.02f, 0.007f).Raw("wz", SignedByte, [3], [0, 0, 0])
            .Raw("bq", Whole, [3], [.. ((int[])[50, -20, 7]).SelectMany(BitConverter.GetBytes)]).Floats("bs", [3], 0.001f, 0.002f, 0.003f)
            .Node("QuantizeLinear", "q", "x xs xz").Node("DequantizeLinear", "d", "q xs xz")
            .Node("DequantizeLinear", "w", "wq ws wz", Int("axis", 0)).Node("DequantizeLinear", "b", "bq bs", Int("axis", 0))
            .Node("Conv", "c", "d w b").Floats("ys", [], 0.02f).Raw("yz", SignedByte, [], [unchecked((byte)-3)])
            .Node("QuantizeLinear", "p", "c ys yz").Node("DequantizeLinear", "y", "p ys yz"));
    }

    [Fact]
    public void A_zero_point_of_each_channel()
    {
        byte[] weights = [.. TestGraph.Values(24).Select(v => (byte)(128 + v * 100))];
        AssertAgrees(new TestGraph().Input("x", 1, 6).Raw("wq", Byte, [6, 4], weights).Floats("ws", [4], 0.01f, 0.02f, 0.03f, 0.04f)
            .Raw("wz", Byte, [4], [120, 128, 140, 7]).Node("DequantizeLinear", "w", "wq ws wz", Int("axis", 1)).Node("MatMul", "y", "x w"));
    }

    [Fact]
    public void Values_beyond_the_grid_are_cut_off() => AssertAgrees(new TestGraph().Input("x", 1, 100)
        .Floats("s", [], 0.004f).Raw("z", SignedByte, [], [20]).Node("QuantizeLinear", "q", "x s z")
        .Node("DequantizeLinear", "y", "q s z"));

    private static Network Read(byte[] file) => OnnxReader.Read(new MemoryStream(file));

    /// <summary>The graph's input x and output y, in ONNX's order on both sides.</summary>
    private static void AssertAgrees(TestGraph graph)
    {
        // As the operators are defined, not as they are joined and rounded for speed.
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        var (theirs, ours) = graph.Output("y").Answers(options);
        OnnxConformance.AssertClose(theirs, ours, 1, "y", 1e-4f, 1e-5f);
    }
}
