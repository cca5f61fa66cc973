using System.Buffers.Binary;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Pipeline.Models;

/// <summary>
/// The network as ML.NET's <c>OnnxTransformer</c> keeps it: its length in four bytes, the bytes of <c>model.onnx</c> as they are, and a
/// supplement.
/// A reader of protocol buffers merges the supplement into the model before it (https://protobuf.dev/programming-guides/encoding/, "Last
/// One
/// Wins"), so both copies of a network can be compared byte by byte, and <c>model.onnx</c> stays free of what ML.NET alone needs:
/// the slot names of the scores, the best class, and the manifest.
/// </summary>
internal static class MlNetNetwork
{
    /// <summary>Name of the graph's input, and of the column that feeds it: float32 [batch, 1, 48, 48].</summary>
    internal const string Input = "pixels";

    /// <summary>Output of the supplement: the probabilities of one face, float32 [classes].</summary>
    internal const string Scores = "mlnet.scores";

    /// <summary>Output of the supplement: 1 at the first of the most probable classes and 0 elsewhere, float32 [batch, classes].</summary>
    internal const string Best = "mlnet.best";

    private const string Probabilities = "probabilities", LearningDomain = "ai.onnx.ml";
    private const string ManifestKey = "FerMl manifest", MetricsKey = "FerMl metrics";

    /// <summary>The second of ai.onnx.ml's operator sets is the first whose LabelEncoder maps any keys to any values.</summary>
    private const int LearningOperatorSet = 2;

    private const int MaxSupplementFields = 100_000;

    /// <summary>Field <c>graph</c> of an ONNX model, as it is tagged in the file.</summary>
    private static readonly uint GraphTag = WireFormat.MakeTag(7, WireFormat.WireType.LengthDelimited);

    /// <summary>What follows <c>model.onnx</c>. The same bytes for the same arguments.</summary>
    /// <param name="classNames">Class names in the order of the network's outputs.</param>
    /// <param name="manifest">The manifest as in <c>manifest.json</c>.</param>
    /// <param name="metrics">The measurements as in <c>metrics.json</c>.</param>
    internal static byte[] Supplement(IReadOnlyList<string> classNames, ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> metrics)
    {
        const string index = "mlnet.index", label = "mlnet.label", slot = "mlnet.slot";
        const string all = "mlnet.all", depth = "mlnet.depth", values = "mlnet.values";
        var graph = new GraphProto
        {
            Node =
            {
                Node("Reshape", Scores, [Probabilities, all], Scores),
                Node("ArgMax", index, [Probabilities], index, OnnxAttributes.Int("axis", 1), OnnxAttributes.Int("keepdims", 0)),
                Node("LabelEncoder", label, [index], label, Indices("keys_int64s", classNames), Texts("values_strings", classNames)),
                // ML.NET looks for slot names in a node of this name and finds them in its keys.
                Node(
                    "LabelEncoder", $"mlnet.{Scores}.SlotNames", [label], slot,
                    Texts("keys_strings", classNames), Indices("values_int64s", classNames)),
                Node("OneHot", Best, [slot, depth, values], Best),
            },
            Initializer =
            {
                OnnxTensors.Integers(all, [-1]),
                OnnxTensors.Integers(depth, [classNames.Count]),
                OnnxTensors.Floats(values, [0, 1], [2]),
            },
            Output = { Info(Scores, classNames.Count, batched: false), Info(Best, classNames.Count, batched: true) },
        };
        var model = new ModelProto
        {
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Domain = LearningDomain, Version = LearningOperatorSet } },
            MetadataProps =
            {
                new StringStringEntryProto { Key = ManifestKey, Value = System.Text.Encoding.UTF8.GetString(manifest) },
                new StringStringEntryProto { Key = MetricsKey, Value = System.Text.Encoding.UTF8.GetString(metrics) },
            },
        };
        return model.ToByteArray();
    }

    /// <summary>The four bytes in front.</summary>
    internal static byte[] Header(int networkBytes)
    {
        var header = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(header, networkBytes);
        return header;
    }

    /// <summary>Takes ML.NET's entry apart again.</summary>
    /// <returns><c>model.onnx</c>, <c>manifest.json</c> and <c>metrics.json</c>; none of them checked but for how they lie
    /// together.</returns>
    /// <exception cref="ModelFormatException">It is not what this program makes.</exception>
    internal static (byte[] Onnx, byte[] Manifest, byte[] Metrics) Split(byte[] entry)
    {
        if (entry.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(entry) != entry.Length - sizeof(int))
            throw new ModelFormatException("its network is cut off");
        try
        {
            int at = SupplementStart(entry);
            OnnxWire.Check(entry.AsSpan(at), MaxSupplementFields);
            var supplement = ModelProto.Parser.ParseFrom(entry.AsSpan(at));
            return (entry[sizeof(int)..at], Text(supplement, ManifestKey), Text(supplement, MetricsKey));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or OnnxFormatException)
        {
            throw new ModelFormatException("its network is damaged");
        }
    }

    /// <summary>Where the graph field stands for the second time.</summary>
    private static int SupplementStart(byte[] entry)
    {
        var input = new CodedInputStream(entry, sizeof(int), entry.Length - sizeof(int));
        long origin = input.Position;
        bool isSecond = false;
        while (true)
        {
            int at = sizeof(int) + (int)(input.Position - origin);
            uint tag = input.ReadTag();
            if (tag == 0) throw new ModelFormatException("its network was not written by this program: it names no classes");
            if (tag == GraphTag && isSecond) return at;
            isSecond |= tag == GraphTag;
            input.SkipLastField();
        }
    }

    private static byte[] Text(ModelProto model, string key) => model.MetadataProps.FirstOrDefault(entry => entry.Key == key) is { } found
        ? System.Text.Encoding.UTF8.GetBytes(found.Value)
        : throw new ModelFormatException("its network was not written by this program: it says nothing about itself");

    private static NodeProto Node(string type, string name, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = name, Output = { output }, Domain = type == "LabelEncoder" ? LearningDomain : "" };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Indices(string name, IReadOnlyList<string> classNames) =>
        OnnxAttributes.Ints(name, [.. Enumerable.Range(0, classNames.Count).Select(i => (long)i)]);

    private static AttributeProto Texts(string name, IReadOnlyList<string> texts)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Strings };
        attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8));
        return attribute;
    }

    private static ValueInfoProto Info(string name, int classes, bool batched)
    {
        var shape = new TensorShapeProto();
        if (batched) shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = classes });
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
