using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Tests.Networks.Onnx;

public class OnnxReaderTests
{
    [Fact]
    public void An_unknown_operator_is_named_with_its_node_before_anything_is_read() => AssertRefused(model =>
    {
        // The first node is broken too, but must not be looked at.
        model.Graph.Node[0].Input.Clear();
        model.Graph.Node[^1].OpType = "NonMaxSuppression";
    }, "node 'linear1' uses the operator 'NonMaxSuppression'");

    [Fact]
    public void An_operator_of_another_domain_is_unknown() =>
        AssertRefused(model => model.Graph.Node[^1].Domain = "com.example", "'linear1' uses the operator 'Gemm'");

    [Fact]
    public void Names_from_the_file_cannot_upset_the_terminal() => AssertRefused(model =>
    {
        model.Graph.Node[0].Name = "\u001b[2J" + new string('x', 500);
        model.Graph.Node[0].OpType = "A\nB";
    }, "'\uFFFD[2Jxxx", "'A\uFFFDB'");

    [Fact]
    public void An_empty_file_is_refused() => AssertRefused([], "is empty");

    [Fact]
    public void Text_is_not_a_model() => AssertRefused("emotion,pixels,Usage"u8.ToArray(), "ONNX model");

    [Fact]
    public void A_model_cut_off_anywhere_is_refused()
    {
        byte[] whole = OnnxRoundTripTests.Bytes(TestNetworks.Classifier());
        for (int length = 1; length < whole.Length; length += 97)
            Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(whole, 0, length)));
    }

    [Fact]
    public void A_file_larger_than_allowed_is_refused() =>
        AssertRefused(OnnxRoundTripTests.Bytes(TestNetworks.Classifier()), new OnnxReadLimits { MaxBytes = 1000 },
            "larger than 1,000 bytes");

    [Fact]
    public void A_file_of_countless_empty_messages_is_refused_before_it_is_parsed()
    {
        // Field 1 of the graph (a node) with length 0: two bytes each, but a hundred times that in memory.
        var nodes = new byte[20_000_000];
        for (int i = 0; i < nodes.Length; i += 2) nodes[i] = 0x0A;
        using var file = new MemoryStream();
        var output = new CodedOutputStream(file);
        output.WriteTag(7, WireFormat.WireType.LengthDelimited);
        output.WriteLength(nodes.Length);
        output.Flush();
        file.Write(nodes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(file.ToArray(), "more entries");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10L * nodes.Length);
    }

    [Fact]
    public void An_initialiser_must_hold_exactly_its_values()
    {
        AssertRefused(model => Initializer(model, "linear1.weight").RawData = ByteString.CopyFrom(new byte[16]),
            "'linear1.weight' holds 4 values", "[7, 16] promise 112");
        AssertRefused(model => Initializer(model, "linear1.weight").Dims[0] = 8, "promise 128");
        AssertRefused(model => Initializer(model, "linear1.weight").Dims[0] = -7, "impossible dimensions");
        AssertRefused(model => Initializer(model, "linear1.weight").Dims.Add(long.MaxValue), "'linear1.weight'");
        AssertRefused(model => Initializer(model, "linear1.weight").DataType = 12, "element type 12");
        AssertRefused(model => Initializer(model, "linear1.weight").DataLocation = TensorProto.Types.DataLocation.External, "another file");
    }

    [Fact]
    public void Enormous_dimensions_are_refused_without_memory_for_them()
    {
        AssertRefused(model =>
        {
            var weight = Initializer(model, "conv1.weight");
            weight.Dims.Clear();
            weight.Dims.AddRange([0, 1, long.MaxValue, long.MaxValue]);
            weight.RawData = ByteString.Empty;
        }, "'conv1.weight'", "impossible dimensions");
        AssertRefused(model => Input(model)[2].DimValue = 1L << 40, "input 'pixels'");
        AssertRefused(model =>
        {
            Input(model)[2].DimValue = 60_000;
            Input(model)[3].DimValue = 60_000;
        }, "too much memory", "1x60000x60000");
        AssertRefused(model => Attribute(model, "conv1", "pads").Ints[0] = 1L << 30, "'conv1'", "'pads'");
        AssertRefused(model => Attribute(model, "conv1", "group").I = long.MinValue, "'conv1'", "groups");
    }

    [Fact]
    public void A_constant_read_by_different_layers_counts_for_each()
    {
        var model = Model();
        var convolution = model.Graph.Node.Single(n => n.Name == "conv2");
        long needed = 1 << 16;
        while (!Fits(Write(model), needed)) needed += 1 << 16;
        // 8 to 8 channels, repeated after the first convolution.
        var weight = OnnxTensors.Floats("shared", new float[8 * 8 * 9], [8, 8, 3, 3]);
        model.Graph.Initializer.Add(weight);
        string previous = convolution.Input[0];
        for (int i = 0; i < 9; i++)
        {
            var copy = convolution.Clone();
            // The same weights in an identical layer would be shared, so these layers differ in their padding.
            copy.Attribute.Single(a => a.Name == "pads").Ints.Clear();
            copy.Attribute.Single(a => a.Name == "pads").Ints.Add([i / 3, i % 3, 2 - i / 3, 2 - i % 3]);
            copy.Name = $"again{i}";
            copy.Input[0] = previous;
            copy.Input[1] = "shared";
            copy.Output[0] = previous = $"again{i}";
            model.Graph.Node.Insert(model.Graph.Node.IndexOf(convolution), copy);
        }
        convolution.Input[0] = previous;
        AssertRefused(Write(model), new OnnxReadLimits { MaxMemoryBytes = needed }, "MiB of memory");
    }

    [Fact]
    public void Invalid_graphs_are_refused()
    {
        AssertRefused(model => model.Graph.Node[0].Input[0] = "nothing", "reads 'nothing', which no earlier node produces");
        AssertRefused(model => model.Graph.Node[1].Output[0] = "pixels", "produces 'pixels', which already exists");
        AssertRefused(model => model.Graph.Node[1].Name = model.Graph.Node[2].Name, "two nodes named");
        AssertRefused(model =>
        {
            model.Graph.Node[1].Output.Add("more");
            model.Graph.Output.Add(new ValueInfoProto { Name = "more" });
        }, "has an output 2 that is used, which is not supported");
        AssertRefused(model => model.Graph.Node[1].Input.Clear(), "has 0 inputs");
        AssertRefused(model => model.Graph.Output[0].Name = "nothing", "'nothing', which no node produces");
        AssertRefused(model => model.Graph.Output.Add(model.Graph.Output[0]), "'probabilities' twice");
        AssertRefused(model => model.Graph.Output.Clear(), "no output");
        AssertRefused(model => model.Graph.Input.Clear(), "reads 'pixels', which no earlier node produces");
        AssertRefused(model => model.Graph.Node.Clear(), "no nodes");
        AssertRefused(model => model.Graph = null, "no graph");
        AssertRefused(model => model.Graph.Initializer.Add(model.Graph.Initializer[0]), "two of that name");
        AssertRefused(model => model.Graph.Input[0].Type.TensorType.ElemType = 2, "not a tensor of floating-point numbers");
        AssertRefused(model => Input(model).RemoveAt(3), "'conv1' (Conv)");
        AssertRefused(model => Input(model)[1].DimParam = "channels", "fixed, sensible");
    }

    [Fact]
    public void Versions_outside_what_is_known_are_refused()
    {
        AssertRefused(model => model.OpsetImport[0].Version = 0, "operator set 0");
        AssertRefused(model => model.OpsetImport[0].Version = 99, "operator set 99");
        AssertRefused(model => model.OpsetImport.Clear(), "no operator set");
        AssertRefused(model => model.IrVersion = 0, "no format version");
    }

    [Fact]
    public void An_attribute_that_would_change_the_result_is_refused()
    {
        AssertRefused(model => Node(model, "conv1").Attribute.Add(OnnxAttributes.Ints("dilations", 0, 2)), "'conv1' (Conv)", "dilations");
        AssertRefused(model => Node(model, "conv1").Attribute.Add(OnnxAttributes.Int("auto_pad", 1)), "'auto_pad' as Int");
        AssertRefused(model => Node(model, "conv1").Attribute.Add(OnnxAttributes.Int("mystery", 1)), "'mystery', which is not supported");
        AssertRefused(model => Node(model, "conv1").Attribute.Add(OnnxAttributes.Int("group", 1)), "'group' twice");
        AssertRefused(model => Node(model, "bn1").Attribute.Add(OnnxAttributes.Int("training_mode", 1)), "training_mode = 1");
        AssertRefused(model => Attribute(model, "linear1", "transB").I = 0, "'linear1' (Gemm)", "multiplies");
        AssertRefused(model => Attribute(model, "maxpool1", "pads").Ints[0] = 2, "as much padding as kernel");
        AssertRefused(model => Attribute(model, "bn1", "epsilon").F = float.NaN, "epsilon");
        AssertRefused(model => Attribute(model, "conv1", "kernel_shape").Ints[0] = 5, "kernel is 5x3", "3x3");
        AssertRefused(model => Attribute(model, "conv1", "strides").Type = AttributeProto.Types.AttributeType.Int, "'strides' as Int");
    }

    [Fact]
    public void A_vector_cannot_go_where_an_image_is_needed() =>
        AssertRefused(model => Node(model, "linear1").Input[0] = "conv1", "'linear1' (Gemm)", "4 axes where 2 are needed");

    [Fact]
    public void A_value_in_the_middle_can_be_the_output()
    {
        var model = Model();
        model.Graph.Output[0].Name = "conv2";
        var network = OnnxReader.Read(new MemoryStream(Write(model)));
        Assert.Equal("conv2", network.Nodes[^1].Name);
        Assert.Equal(new Shape(16, 20, 20), network.Output);
    }

    [Fact]
    public void Inputs_that_are_initialisers_too_are_constants()
    {
        var model = Model();
        foreach (var tensor in model.Graph.Initializer)
            model.Graph.Input.Add(
                new ValueInfoProto
                {
                    Name = tensor.Name,
                    Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } }
                });
        TestNetworks.AssertSame(TestNetworks.Classifier(), OnnxReader.Read(new MemoryStream(Write(model))));
    }

    [Fact]
    public void External_data_is_read_from_the_models_own_folder_alone()
    {
        using var folder = new TemporaryFolder();
        var model = Model();
        var weight = Initializer(model, "conv1.weight");
        File.WriteAllBytes(folder.File("weights.bin"), [1, 2, 3, 4, .. weight.RawData.ToByteArray()]);
        string place = "weights.bin";
        void Save()
        {
            weight.RawData = ByteString.Empty;
            weight.DataLocation = TensorProto.Types.DataLocation.External;
            weight.ExternalData.Clear();
            weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = place });
            weight.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = "4" });
            File.WriteAllBytes(folder.File("model.onnx"), Write(model));
        }
        Save();
        TestNetworks.AssertSame(TestNetworks.Classifier(), OnnxReader.Read(folder.File("model.onnx")));
        foreach (string elsewhere in (string[])["../weights.bin", "/etc/passwd", "", "..", "a/b.bin"])
        {
            place = elsewhere;
            Save();
            Assert.Contains("not a file of the model's own folder",
                Assert.Throws<FerException>(() => OnnxReader.Read(folder.File("model.onnx"))).Message);
        }
        place = "missing.bin";
        Save();
        Assert.Contains("it belongs beside the ONNX file",
            Assert.Throws<FerException>(() => OnnxReader.Read(folder.File("model.onnx"))).Message);
    }

    [Fact]
    public void Half_an_affine_is_an_affine()
    {
        var model = Model();
        Node(model, "affine1/difference").Output[0] = "affine1";
        model.Graph.Node.Remove(Node(model, "affine1"));
        var affine = Assert.IsType<Affine>(OnnxReader.Read(new MemoryStream(Write(model))).Nodes[0].Operation);
        Assert.Equal((128f, 1f), (affine.Mean, affine.Scale));

        model = Model();
        Node(model, "affine1").Input[0] = "pixels";
        model.Graph.Node.RemoveAt(0);
        affine = Assert.IsType<Affine>(OnnxReader.Read(new MemoryStream(Write(model))).Nodes[0].Operation);
        Assert.Equal((0f, 1 / 64f), (affine.Mean, affine.Scale));
    }

    [Fact]
    public void Nodes_without_names_get_the_names_a_builder_gives()
    {
        var model = Model();
        foreach (var node in model.Graph.Node) node.Name = "";
        var network = OnnxReader.Read(new MemoryStream(Write(model)));
        Assert.Equal(TestNetworks.Classifier().Nodes.Select(n => n.Name), network.Nodes.Select(n => n.Name));
    }

    [Fact]
    public void Values_listed_one_by_one_are_read_like_raw_bytes()
    {
        var model = Model();
        foreach (var tensor in model.Graph.Initializer)
        {
            var values = new float[tensor.RawData.Length / 4];
            OnnxTensors.CopyFloats(tensor, values);
            tensor.RawData = ByteString.Empty;
            tensor.FloatData.AddRange(values);
        }
        TestNetworks.AssertSame(TestNetworks.Classifier(), OnnxReader.Read(new MemoryStream(Write(model))));
    }

    private static ModelProto Model() => OnnxWriter.Model(TestNetworks.Classifier(), new OnnxWriteOptions());

    private static byte[] Write(ModelProto model) => model.ToByteArray();

    private static NodeProto Node(ModelProto model, string name) => model.Graph.Node.Single(n => n.Name == name);

    private static AttributeProto Attribute(ModelProto model, string node, string name) =>
        Node(model, node).Attribute.Single(a => a.Name == name);

    private static TensorProto Initializer(ModelProto model, string name) => model.Graph.Initializer.Single(t => t.Name == name);

    private static Google.Protobuf.Collections.RepeatedField<TensorShapeProto.Types.Dimension> Input(ModelProto model) =>
        model.Graph.Input[0].Type.TensorType.Shape.Dim;

    private static void AssertRefused(Action<ModelProto> change, params string[] texts)
    {
        var model = Model();
        change(model);
        AssertRefused(Write(model), texts);
    }

    private static void AssertRefused(byte[] file, params string[] texts)
    {
        var e = Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(file), "some/model.onnx"));
        Assert.StartsWith("some/model.onnx: ", e.Message);
        foreach (string text in texts) Assert.Contains(text, e.Message);
    }

    private static bool Fits(byte[] file, long memory)
    {
        try
        {
            return OnnxReader.Read(new MemoryStream(file), limits: new OnnxReadLimits { MaxMemoryBytes = memory }) is not null;
        }
        catch (FerException)
        {
            return false;
        }
    }

    /// <summary>With custom limits; if <paramref name="text"/> is null, the file is expected to be read.</summary>
    private static void AssertRefused(byte[] file, OnnxReadLimits limits, string? text)
    {
        if (text is null) OnnxReader.Read(new MemoryStream(file), limits: limits);
        else Assert.Contains(text, Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(file), limits: limits)).Message);
    }
}
