namespace Fer.Pipeline.Tensors;

/// <summary>
/// All parameters of a network in one block, the trainable ones first, so that optimizers, averages and checkpoints are single loops.
/// </summary>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    private readonly List<Parameter> _parameters;
    private readonly float[] _values;
    private float[]? _gradients;

    internal ParameterSet(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        var named = parameters.ToList();
        _parameters = [.. named.Select(p => p.Parameter)];
        int offset = 0;
        foreach (var (name, parameter) in named.Where(p => p.Parameter.IsTrainable))
        {
            parameter.Bind(this, name, offset);
            offset = checked(offset + parameter.Length);
        }
        TrainableLength = offset;
        foreach (var (name, parameter) in named.Where(p => !p.Parameter.IsTrainable))
        {
            parameter.Bind(this, name, offset);
            offset = checked(offset + parameter.Length);
        }
        // Pinned, because kernels hold pointers into them.
        _values = GC.AllocateArray<float>(offset, pinned: true);
    }

    /// <summary>Every value, trainable ones first.</summary>
    public Span<float> Values => _values;

    /// <summary>The trainable values: what an optimizer steps.</summary>
    public Span<float> Trainable => _values.AsSpan(0, TrainableLength);

    /// <summary>The gradients of <see cref="Trainable"/>, place by place. Their memory is taken when they are first asked for: a network that only runs needs none.</summary>
    public Span<float> Gradients => _gradients ?? TakeGradients();

    /// <summary>Kernels' threads may ask at the same time: the first array stays.</summary>
    private float[] TakeGradients()
    {
        Interlocked.CompareExchange(ref _gradients, GC.AllocateArray<float>(TrainableLength, pinned: true), null);
        return _gradients;
    }

    /// <summary>Number of trainable values: what papers call the parameter count.</summary>
    public int TrainableLength { get; }

    /// <summary>Number of parameters (named arrays).</summary>
    public int Count => _parameters.Count;

    /// <summary>The parameter at <paramref name="index"/>, in the network's order.</summary>
    public Parameter this[int index] => _parameters[index];

    /// <summary>Walks the parameters in the network's order.</summary>
    public IEnumerator<Parameter> GetEnumerator() => _parameters.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
