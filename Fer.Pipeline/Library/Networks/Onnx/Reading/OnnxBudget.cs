using System.Diagnostics;
using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>How much of <see cref="OnnxReadLimits"/> remains while a file is read. Everything is taken before memory is.</summary>
internal sealed class OnnxBudget
{
    /// <summary>Layers that a node becomes on average, at most.</summary>
    private const int LayersOfNode = 4;

    private readonly HashSet<(Operation, Shape)> _packed = [];
    private readonly OnnxReadLimits _limits;
    private readonly OnnxBudget? _parent;
    private readonly long _mostBytes, _started;
    private long _bytes, _threadBytes, _activations, _work, _foldedWork, _layers;

    /// <param name="limits">The limits.</param>
    /// <param name="fileBytes">Bytes of the file and its external data, which are in memory twice: as they are and parsed.</param>
    /// <param name="started">When reading began (<see cref="Stopwatch.GetTimestamp"/>).</param>
    /// <exception cref="OnnxFormatException">The file alone exceeds the limit.</exception>
    internal OnnxBudget(OnnxReadLimits limits, long fileBytes, long started)
    {
        _limits = limits;
        _mostBytes = limits.MemoryFor(fileBytes);
        _started = started;
        TakeBytes(2 * fileBytes);
    }

    private OnnxBudget(OnnxBudget parent)
    {
        _limits = parent._limits;
        _parent = parent;
        (_mostBytes, _started, _bytes, _threadBytes) = (parent._mostBytes, parent._started, parent._bytes, parent._threadBytes);
    }

    /// <summary>
    /// The budget for computing one node on constants: memory is what this one has left and comes back afterwards, work does not.
    /// </summary>
    internal OnnxBudget ForFolding() => new(this);

    /// <exception cref="OnnxFormatException">The layer needs more memory or time than remains.</exception>
    internal void TakeLayer(Operation operation, ReadOnlySpan<Shape> inputs, Shape output)
    {
        if (++_layers > (long)LayersOfNode * _limits.MaxNodes)
            throw new OnnxFormatException(
                $"becomes more than {LayersOfNode * _limits.MaxNodes:N0} layers, together with the nodes before it");
        if ((_activations += (long)output.Length) > _limits.MaxActivations)
            throw new OnnxFormatException($"needs too much memory at the shape {output}");
        var cost = operation.Cost(inputs, output);
        _threadBytes = Math.Max(_threadBytes, cost.ThreadBytes * Environment.ProcessorCount);
        TakeBytes(sizeof(float) * (long)output.Length + cost.Bytes);
        if (cost.PackedBytes > 0 && _packed.Add((operation, inputs[0]))) TakeBytes(cost.PackedBytes);
        TakeWork(cost.Work);
    }

    /// <summary>An input of the network.</summary>
    /// <exception cref="OnnxFormatException">The input needs more memory than remains.</exception>
    internal void TakeInput(Shape shape)
    {
        if ((_activations += (long)shape.Length) > _limits.MaxActivations)
            throw new OnnxFormatException($"needs too much memory at the shape {shape}");
        TakeBytes(sizeof(float) * (long)shape.Length);
    }

    /// <summary>Values of parameters, or of constants that were computed.</summary>
    /// <exception cref="OnnxFormatException">They need more memory than remains.</exception>
    internal void TakeValues(long values) => TakeBytes(sizeof(float) * values);

    /// <exception cref="OnnxFormatException">They are more than remains.</exception>
    internal void TakeBytes(long bytes)
    {
        if ((_bytes += bytes) + _threadBytes > _mostBytes || _bytes < 0)
            throw new OnnxFormatException(
                $"needs over {_mostBytes >> 20:N0} MiB of memory, together with what comes before it. " +
                "If you trust the file, allow more with --max-model-megabytes (MaxMemoryBytes)")
            { HasAdvice = true };
    }

    /// <exception cref="OnnxFormatException">Reading has taken too long.</exception>
    internal void CheckTime()
    {
        if (Stopwatch.GetElapsedTime(_started) >= _limits.MaxTime)
            throw new OnnxFormatException($"could not be read within {_limits.MaxTime.TotalSeconds:N0} seconds");
    }

    private void TakeWork(long work)
    {
        long most = _parent is null ? _limits.MaxMultiplyAccumulates : _limits.MaxFoldedMultiplyAccumulates;
        long sum = _parent is null ? _work += work : _parent._foldedWork += work;
        if (sum > most || sum < 0)
            throw new OnnxFormatException(_parent is null
                ? $"takes over {most:N0} multiply-accumulates, together with what comes before it"
                : $"takes over {most:N0} multiply-accumulates to compute from constants, together with what comes before it");
    }
}
