using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Tests.Networks.Onnx;

/// <summary>
/// However a file is damaged, it is either read or refused with a message: no other exception, no endless loop, no memory beyond the
/// limits.
/// </summary>
public class OnnxFuzzTests
{
    public static TheoryData<string> Networks => ["own", "borrowed"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Mutated_bytes_are_read_or_refused(string network)
    {
        byte[] valid = Small(network);
        Fuzz.Run(250, 11, (int _, ref RandomStream random) => Mutation.Of(valid, ref random), file => Read(file)).MustHaveBoth(30);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Mutated_graphs_are_refused_or_run(string network)
    {
        var valid = ModelProto.Parser.ParseFrom(Small(network));
        using var pool = new WorkerPool(1);
        Fuzz.Run(80, 12, (int _, ref RandomStream random) =>
        {
            var model = valid.Clone();
            for (int changes = 1 + random.NextInt32(2); changes > 0; changes--) Change(model.Graph, ref random);
            return model.ToByteArray();
        }, file =>
        {
            var made = Read(file);
            // The kernels rely on shapes that the reader accepted.
            using var executor = new NetworkExecutor(made, 2, training: false, pool);
            Assert.InRange(executor.PlannedBytes, 0, Fuzz.MostBytes);
            for (int input = 0; input < made.Inputs.Count; input++) executor.InputOf(input).Fill(100);
            executor.Forward(2);
        }).MustHaveBoth(30);
    }

    private static byte[] Small(string network) =>
        OnnxRoundTripTests.Bytes(network == "own" ? TestNetworks.EveryOperation() : TestNetworks.BorrowedOperations());

    // Low limits, so that a mutation that asks for the maximum is still fast.
    private static Network Read(byte[] file) => OnnxReader.Read(new MemoryStream(file),
        limits: new OnnxReadLimits { MaxBytes = 4 << 20, MaxMemoryBytes = 40 << 20, MaxActivations = 1 << 20 });

    /// <summary>
    /// Mutations that byte flips rarely produce: numbers, dimensions, connections and types of a file that is still well formed.
    /// </summary>
    private static void Change(GraphProto graph, ref RandomStream random)
    {
        if (graph.Node.Count == 0 || graph.Initializer.Count == 0) return;
        var node = graph.Node[random.NextInt32(graph.Node.Count)];
        var other = graph.Node[random.NextInt32(graph.Node.Count)];
        var tensor = graph.Initializer[random.NextInt32(graph.Initializer.Count)];
        long odd = Mutation.Odd(ref random);
        switch (random.NextInt32(14))
        {
            case 0: graph.Node.Remove(node); break;
            case 1: graph.Node.Insert(graph.Node.IndexOf(node), Twin(node)); break;
            case 2: node.OpType = other.OpType; break;
            case 3:
                if (node.Input.Count > 0 && other.Output.Count > 0) node.Input[random.NextInt32(node.Input.Count)] = other.Output[0];
                break;
            case 4: if (node.Input.Count > 0) node.Input[random.NextInt32(node.Input.Count)] = tensor.Name; break;
            case 5: if (node.Input.Count > 0) node.Input.RemoveAt(random.NextInt32(node.Input.Count)); break;
            case 6: node.Input.Add(other.Output); break;
            case 7: node.Name = other.Name; break;
            case 8: if (tensor.Dims.Count > 0) tensor.Dims[random.NextInt32(tensor.Dims.Count)] = odd; break;
            case 9: tensor.Dims.Add(odd); break;
            case 10: tensor.RawData = ByteString.Empty; break;
            case 11: graph.Initializer.Remove(tensor); break;
            case 12: if (graph.Input.Count > 0) graph.Input[0].Type.TensorType.Shape.Dim[random.NextInt32(4)].DimValue = odd; break;
            default:
                if (node.Attribute.Count == 0) break;
                var attribute = node.Attribute[random.NextInt32(node.Attribute.Count)];
                attribute.I = odd;
                attribute.F = odd;
                if (attribute.Ints.Count > 0) attribute.Ints[random.NextInt32(attribute.Ints.Count)] = odd;
                break;
        }
    }

    /// <summary>A copy that takes over the node's input and feeds the node.</summary>
    private static NodeProto Twin(NodeProto node)
    {
        var twin = node.Clone();
        twin.Name += "/twin";
        if (twin.Output.Count > 0) twin.Output[0] += "/twin";
        if (node.Input.Count > 0 && twin.Output.Count > 0) node.Input[0] = twin.Output[0];
        return twin;
    }
}
