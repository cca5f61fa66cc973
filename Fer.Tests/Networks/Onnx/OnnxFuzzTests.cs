using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;

namespace Fer.Tests.Networks.Onnx;

/// <summary>
/// However a file is damaged, it is either read or rejected with a message: no other exception, no endless loop, no memory beyond the
/// limits.
/// </summary>
public class OnnxFuzzTests
{
    private const long MostBytes = 256L << 20;

    private const int Usual = 400;

    private static readonly long[] OddNumbers =
        [-1, 0, 1, 2, 3, 7, 65_535, 65_536, 65_537, int.MaxValue, int.MinValue, 1L << 32, long.MaxValue, long.MinValue];

    public static TheoryData<string> Networks => ["own", "borrowed"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Mutated_bytes_are_read_or_refused(string network)
    {
        byte[] valid = Small(network);
        int read = 0, refused = 0;
        int files = Fuzz.Run(Usual, i =>
        {
            var random = new RandomStream(11, i);
            if (Read(Mutation.Of(valid, ref random)) is not null) read++;
            else refused++;
        });
        // Both must happen, or the test proves nothing.
        Assert.InRange(read, files / 30, files);
        Assert.InRange(refused, files / 30, files);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Mutated_graphs_are_refused_or_run(string network)
    {
        byte[] valid = Small(network);
        int read = 0, refused = 0;
        using var pool = new WorkerPool(1);
        int files = Fuzz.Run(Usual, i =>
        {
            var random = new RandomStream(12, i);
            var model = ModelProto.Parser.ParseFrom(valid);
            for (int changes = 1 + random.NextInt32(2); changes > 0; changes--) Change(model.Graph, ref random);
            if (Read(model.ToByteArray()) is { } made)
            {
                // The kernels rely on shapes that the reader accepted.
                using var executor = new NetworkExecutor(made, 2, training: false, pool);
                Assert.InRange(executor.PlannedBytes, 0, MostBytes);
                for (int input = 0; input < made.Inputs.Count; input++) executor.InputOf(input).Fill(100);
                executor.Forward(2);
                read++;
            }
            else refused++;
        });
        Assert.InRange(read, files / 30, files);
        Assert.InRange(refused, files / 30, files);
    }

    private static byte[] Small(string network) =>
        OnnxRoundTripTests.Bytes(network == "own" ? TestNetworks.EveryOperation() : TestNetworks.BorrowedOperations());

    private static Network? Read(byte[] file)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            // Low limits, so that a mutation that asks for the maximum is still fast.
            return OnnxReader.Read(new MemoryStream(file),
                limits: new OnnxReadLimits { MaxBytes = 4 << 20, MaxMemoryBytes = 40 << 20, MaxActivations = 1 << 20 });
        }
        catch (FerException)
        {
            return null;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }

    /// <summary>
    /// Mutations that byte flips rarely produce: numbers, dimensions, connections and types of a file that is still well formed.
    /// </summary>
    private static void Change(GraphProto graph, ref RandomStream random)
    {
        if (graph.Node.Count == 0 || graph.Initializer.Count == 0) return;
        var node = graph.Node[random.NextInt32(graph.Node.Count)];
        var other = graph.Node[random.NextInt32(graph.Node.Count)];
        var tensor = graph.Initializer[random.NextInt32(graph.Initializer.Count)];
        long odd = OddNumbers[random.NextInt32(OddNumbers.Length)];
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
