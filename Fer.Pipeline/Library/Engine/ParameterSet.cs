namespace Fer.Pipeline.Engine;

/// <summary>
/// All parameters of a network in one block, trainable ones first, so that optimizers, averages and checkpoints are single loops.
/// </summary>
public sealed class ParameterSet : IReadOnlyList<NetworkParameter>
{
    private readonly List<NetworkParameter> _parameters;
    private readonly Lazy<float[]> _values, _gradients;

    internal ParameterSet(IEnumerable<(string Name, NetworkParameter Parameter)> parameters)
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
        Length = offset;
        // Allocated on first use: a network used only for inference has no gradients. Pinned, because kernels hold pointers into them.
        _values = new Lazy<float[]>(() => GC.AllocateArray<float>(Length, pinned: true));
        _gradients = new Lazy<float[]>(() => GC.AllocateArray<float>(TrainableLength, pinned: true));
    }

    /// <summary>All values, trainable ones first.</summary>
    public Span<float> Values => _values.Value;

    /// <summary>The trainable values, which the optimizer updates.</summary>
    public Span<float> Trainable => _values.Value.AsSpan(0, TrainableLength);

    /// <summary>The gradients of <see cref="Trainable"/>, element by element.</summary>
    public Span<float> Gradients => _gradients.Value;

    /// <summary>Number of all values, running statistics included.</summary>
    public int Length { get; }

    /// <summary>Number of trainable values: what papers call the parameter count.</summary>
    public int TrainableLength { get; }

    /// <summary>Number of parameters (named arrays).</summary>
    public int Count => _parameters.Count;

    /// <summary>The parameter at <paramref name="index"/>, in the network's order.</summary>
    public NetworkParameter this[int index] => _parameters[index];

    /// <summary>Enumerates the parameters in the network's order.</summary>
    public IEnumerator<NetworkParameter> GetEnumerator() => _parameters.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
