using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks.Onnx;

/// <summary>
/// Graphs with extreme sizes are refused or run, within the memory that reading them counted; debug builds check the ends of all buffers.
/// FER_FUZZ=20000 takes about half a minute.
/// </summary>
public class ExtremeGraphTests
{
    private const long Memory = 48L << 20;

    private static readonly OnnxReadLimits Limits = new()
    {
        MaxMemoryBytes = Memory,
        MaxMultiplyAccumulates = 100_000_000,
        MaxFoldedMultiplyAccumulates = 20_000_000,
    };

    [Fact]
    public void Extreme_graphs_are_refused_or_run_within_the_memory_they_counted()
    {
        using var pool = new WorkerPool(1);
        Fuzz.Run(400, 23, (int _, ref RandomStream random) => ExtremeGraph.Of(ref random), file =>
        {
            var network = OnnxReader.Read(new MemoryStream(file), limits: Limits);
            foreach (bool frozen in (bool[])[false, true])
            {
                using var executor = new NetworkExecutor(network, 1, training: false, pool, frozen);
                Assert.InRange(executor.PlannedBytes, 0, Counted(network));
                executor.Input.Fill(0.5f);
                executor.Forward(1);
            }
        }).MustHaveBoth(10);
    }

    /// <summary>What reading counted for the buffers, and the guards that debug builds put behind each.</summary>
    private static long Counted(Network network)
    {
        long bytes = 0, threads = 0, buffers = network.Inputs.Count + 2;
        foreach (var input in network.Inputs) bytes += sizeof(float) * (long)input.Shape.Length;
        foreach (var node in network.Nodes)
        {
            var cost = node.Operation.Cost(network.InputShapes(node), node.Shape);
            bytes += sizeof(float) * (long)node.Shape.Length + cost.Bytes + cost.PackedBytes;
            threads = Math.Max(threads, cost.ThreadBytes);
            buffers += 2;
        }
        return bytes + threads + buffers * (NativeBuffer.Alignment + BufferPlan.GuardBytes);
    }
}
