using Fer.Pipeline;
using Fer.Pipeline.Networks.Onnx;
using Fer.Pipeline.Networks.Onnx.Proto;
using Google.Protobuf;

namespace Fer.Tests.Networks.Onnx;

/// <summary>Whatever is done to a file, it is read or refused with a message: no other exception, no endless work.</summary>
public class OnnxFuzzTests
{
    private static readonly long[] OddNumbers =
        [-1, 0, 1, 2, 3, 7, 65_535, 65_536, 65_537, int.MaxValue, int.MinValue, 1L << 32, long.MaxValue, long.MinValue];

    [Fact]
    public void Mutated_bytes_are_read_or_refused()
    {
        byte[] valid = Small();
        int read = 0, refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            var random = new RandomStream(11, i);
            if (Survives(Mutation.Of(valid, ref random))) read++;
            else refused++;
        }
        // Both must happen, or the test shows nothing.
        Assert.InRange(read, 1, 2999);
        Assert.InRange(refused, 1, 2999);
    }

    [Fact]
    public void Mutated_graphs_are_read_or_refused()
    {
        byte[] valid = Small();
        int read = 0, refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            var random = new RandomStream(12, i);
            var model = ModelProto.Parser.ParseFrom(valid);
            for (int changes = 1 + random.NextInt32(3); changes > 0; changes--) Change(model.Graph, ref random);
            if (Survives(model.ToByteArray())) read++;
            else refused++;
        }
        Assert.InRange(read, 1, 2999);
        Assert.InRange(refused, 1, 2999);
    }

    private static byte[] Small() => OnnxRoundTripTests.Bytes(TestNetworks.EveryOperation());

    private static bool Survives(byte[] file)
    {
        try
        {
            // Low limits, so that a mutation that asks for the most allowed stays quick.
            OnnxReader.Read(new MemoryStream(file), limits: new OnnxReadLimits { MaxBytes = 4 << 20, MaxActivations = 1 << 22 });
            return true;
        }
        catch (FerException)
        {
            return false;
        }
    }

    /// <summary>Changes that byte flips rarely reach: numbers, dimensions, wiring and types of a file that is still well formed.</summary>
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
            case 1: graph.Node.Add(node.Clone()); break;
            case 2: node.OpType = other.OpType; break;
            case 3: if (node.Input.Count > 0 && other.Output.Count > 0) node.Input[random.NextInt32(node.Input.Count)] = other.Output[0]; break;
            case 4: if (node.Input.Count > 0) node.Input[random.NextInt32(node.Input.Count)] = tensor.Name; break;
            case 5: if (node.Input.Count > 0) node.Input.RemoveAt(random.NextInt32(node.Input.Count)); break;
            case 6: node.Input.Add(other.Output); break;
            case 7: node.Name = other.Name; break;
            case 8: if (tensor.Dims.Count > 0) tensor.Dims[random.NextInt32(tensor.Dims.Count)] = odd; break;
            case 9: tensor.Dims.Add(odd); break;
            case 10: tensor.RawData = ByteString.Empty; break;
            case 11: graph.Initializer.Remove(tensor); break;
            case 12: graph.Input[0].Type.TensorType.Shape.Dim[random.NextInt32(4)].DimValue = odd; break;
            default:
                if (node.Attribute.Count == 0) break;
                var attribute = node.Attribute[random.NextInt32(node.Attribute.Count)];
                attribute.I = odd;
                attribute.F = odd;
                if (attribute.Ints.Count > 0) attribute.Ints[random.NextInt32(attribute.Ints.Count)] = odd;
                break;
        }
    }
}
