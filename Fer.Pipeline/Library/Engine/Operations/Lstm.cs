namespace Fer.Pipeline.Engine;

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997), with optional peepholes (Gers et al. 2002); gates in ONNX's order: input,
/// output, forget, cell.
/// <code>
/// i = σ(Wᵢx + Rᵢh + bᵢ)   f = σ(W_f x + R_f h + b_f)   c' = f·c + i·tanh(W_c x + R_c h + b_c)   o = σ(Wₒx + Rₒh + bₒ)   h' = o·tanh(c')
/// </code>
/// </summary>
public sealed class Lstm : Recurrent
{
    /// <summary>Creates a layer of <paramref name="units"/> units over steps of <paramref name="inputs"/> values.</summary>
    public Lstm(int inputs, int units, bool reverse = false, bool peepholes = false) : base(inputs, units, 4, reverse) =>
        Peepholes = peepholes ? new NetworkParameter(ParameterKind.Bias, Initializer.XavierUniform, 3 * units) : null;

    /// <inheritdoc/>
    public override string Kind => "lstm";

    /// <summary>[3 * units], the weights through which the input, output and forget gates see the cell state; or null.</summary>
    public NetworkParameter? Peepholes { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters =>
        Peepholes is null ? base.Parameters : [.. base.Parameters, ("peephole", Peepholes)];

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new LstmKernel<V>(this, setup);
}
