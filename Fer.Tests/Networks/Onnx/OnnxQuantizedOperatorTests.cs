using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Microsoft.ML.OnnxRuntime;
using static Fer.Pipeline.Networks.OnnxAttributes;

namespace Fer.Tests.Networks.Onnx;

/// <summary>Networks in ONNX Runtime's operator form give what ONNX Runtime gives, and the official cases pass.</summary>
public class OnnxQuantizedOperatorTests
{
    private const TensorProto.Types.DataType Byte = TensorProto.Types.DataType.Uint8, SignedByte = TensorProto.Types.DataType.Int8,
        Whole = TensorProto.Types.DataType.Int32;

    private static byte[] Weights(int count) => [.. TestGraph.Values(count).Select(v => (byte)(sbyte)(v * 100))];

    /// <summary>A grid for the real input x and one for the real output y, called q and p between them.</summary>
    private static TestGraph Start(params long[] shape) => new TestGraph().Input("x", shape)
        .Floats("xs", [], 0.013f).Raw("xz", Byte, [], [114]).Floats("ys", [], 0.03f).Raw("yz", Byte, [], [120])
        .Node("QuantizeLinear", "q", "x xs xz");

    private static TestGraph End(TestGraph graph, string domain = "com.microsoft")
    {
        graph.Model.Graph.Node[^1].Domain = domain;
        if (domain.Length > 0) graph.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        return graph.Node("DequantizeLinear", "y", "p ys yz").Output("y");
    }

    [Fact]
    public void Convolution_with_a_scale_for_each_channel_and_a_bias() => AssertAgrees(End(Start(1, 2, 7, 7)
        .Raw("w", SignedByte, [4, 1, 3, 3], Weights(36)).Floats("ws", [4], 0.011f, 0.02f, 0.007f, 0.01f)
        .Raw("wz", SignedByte, [4], [0, 0, 0, 0])
        .Raw("b", Whole, [4], [.. ((int[])[500, -200, 70, 3]).SelectMany(BitConverter.GetBytes)])
        .Node("QLinearConv", "p", "q xs xz w ws wz ys yz b", Int("group", 2), Ints("pads", 1, 1, 1, 1), Ints("strides", 2, 2)), ""), 0.03f);

    [Fact]
    public void Matrix_products() => AssertAgrees(End(Start(1, 6).Raw("w", SignedByte, [6, 4], Weights(24))
        .Floats("ws", [], 0.011f).Raw("wz", SignedByte, [], [3]).Node("QLinearMatMul", "p", "q xs xz w ws wz ys yz"), ""), 0.03f);

    [Theory]
    [InlineData(1f, true)]
    [InlineData(0.5f, false)]
    public void Fully_connected_layers(float alpha, bool isTurned) => AssertAgrees(End(Start(1, 6)
        .Raw("w", SignedByte, isTurned ? [4, 6] : [6, 4], Weights(24)).Floats("ws", [], 0.011f).Raw("wz", SignedByte, [], [0])
        .Raw("b", Whole, [4], [.. ((int[])[900, -200, 70, 3000]).SelectMany(BitConverter.GetBytes)])
        .Node("QGemm", "p", "q xs xz w ws wz b ys yz", Float("alpha", alpha), Int("transB", isTurned ? 1 : 0))), 0.03f);

    [Fact]
    public void Sums_products_and_parts_side_by_side()
    {
        const string other = "r rs rz";
        AssertAgrees(End(With(Start(1, 3, 4, 4)).Node("QLinearAdd", "p", $"q xs xz {other} ys yz")), 0.03f);
        AssertAgrees(End(With(Start(1, 3, 4, 4)).Node("QLinearMul", "p", $"q xs xz {other} ys yz")), 0.03f);
        AssertAgrees(End(With(Start(1, 3, 4, 4)).Node("QLinearConcat", "p", $"ys yz q xs xz {other}", Int("axis", 1))), 0.03f);

        static TestGraph With(TestGraph graph) =>
            graph.Floats("rs", [], 0.02f).Raw("rz", Byte, [], [100]).Node("QuantizeLinear", "r", "x rs rz");
    }

    [Fact]
    public void Pooling_and_activations()
    {
        AssertAgrees(End(Start(1, 3, 4, 4).Node("QLinearGlobalAveragePool", "p", "q xs xz ys yz")), 0.03f);
        AssertAgrees(End(Start(1, 3, 4, 4).Node("QLinearAveragePool", "p", "q xs xz ys yz", Ints("kernel_shape", 2, 2),
            Ints("strides", 2, 2))), 0.03f);
        AssertAgrees(End(Start(1, 60).Node("QLinearLeakyRelu", "p", "q xs xz ys yz", Float("alpha", 0.2f))), 0.03f);
        AssertAgrees(End(Start(1, 60).Node("QLinearSigmoid", "p", "q xs xz ys yz")), 0.03f);
        AssertAgrees(End(Start(1, 6).Node("QLinearSoftmax", "p", "q xs xz ys yz", Int("axis", -1), Int("opset", 17))), 0.03f);
    }

    [Theory]
    [InlineData("test_qlinearconv")]
    [InlineData("test_qlinearmatmul_2D")]
    [InlineData("test_qlinearmatmul_3D")]
    public void An_official_case_gives_its_expected_output(string name)
    {
        Assert.SkipUnless(OnnxConformance.Missing is null, OnnxConformance.Missing ?? "");
        string folder = Path.Combine("node", name), set = Path.Combine(OnnxConformance.Root, folder, "test_data_set_0");
        var model = OnnxConformance.Model(folder);
        // Numbers on the grid are exact as float32, so the input may be given as such.
        var input = model.Graph.Input[0];
        input.Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Float;
        model.Graph.Output[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Float;
        for (int i = 1; i < model.Graph.Input.Count; i++)
        {
            var tensor = TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(set, $"input_{i}.pb")));
            tensor.Name = model.Graph.Input[i].Name;
            model.Graph.Initializer.Add(tensor);
        }
        while (model.Graph.Input.Count > 1) model.Graph.Input.RemoveAt(1);
        var network = OnnxReader.Read(new MemoryStream(Google.Protobuf.MessageExtensions.ToByteArray(model)), name);
        var given = OnnxConformance.Load(Path.Combine(set, "input_0.pb"));
        int count = given.Length / network.Input.Length;
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, count, training: false, pool);
        OnnxConformance.ToMemory(given, count, isInput: true).CopyTo(executor.Input);
        executor.Forward(count);
        OnnxConformance.AssertClose(
            OnnxConformance.Load(Path.Combine(set, "output_0.pb")), executor.Output, count, name, relative: 0, absolute: 0.01f);
    }

    [Fact]
    public void What_is_damaged_is_named()
    {
        Assert.Contains("'QLinearConv_p' (QLinearConv) has 6 inputs", Fault(Start(1, 2, 7, 7).Raw("w", SignedByte, [2, 2, 1, 1], Weights(4))
            .Node("QLinearConv", "p", "q xs xz w xs xz"), ""));
        Assert.Contains("channels_last", Fault(Start(1, 2, 7, 7)
            .Node("QLinearGlobalAveragePool", "p", "q xs xz ys yz", Int("channels_last", 1)), "com.microsoft"));
        Assert.Contains("no parts with scales",
            Fault(Start(1, 2).Node("QLinearConcat", "p", "ys yz q xs", Int("axis", 1)), "com.microsoft"));
        // Of another vendor it is another operator.
        Assert.Contains("'QLinearAdd', which is not supported",
            Fault(Start(1, 2).Node("QLinearAdd", "p", "q xs xz q xs xz ys yz"), "org.example"));

        static string Fault(TestGraph graph, string domain) =>
            Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(End(graph, domain).Bytes()))).Message;
    }

    /// <summary>The same numbers but for a step of the grid, where sums are rounded the other way.</summary>
    private static void AssertAgrees(TestGraph graph, float step)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        var (theirs, actual) = graph.Answers(options);
        float[] expected = OnnxConformance.ToMemory(theirs, 1, isInput: false);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, step * 1.01f));
        Assert.InRange(expected.Zip(actual).Count(pair => Math.Abs(pair.First - pair.Second) > step / 2), 0, expected.Length / 20);
        Assert.True(expected.Distinct().Count() > 2 || expected.Length <= 3, "The values hardly differ: scale or shift hide the test.");
    }
}
