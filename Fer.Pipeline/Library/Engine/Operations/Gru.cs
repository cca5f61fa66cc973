namespace Fer.Pipeline.Engine;

/// <summary>
/// Gated recurrent unit (Cho et al., arXiv 1406.1078); gates in ONNX's order: update, reset, hidden.
/// <code>
/// z = σ(W_z x + R_z h + b_z)   r = σ(Wᵣx + Rᵣh + bᵣ)   h' = (1 - z)·tanh(W_h x + b + Ĥ) + z·h
/// Ĥ = r·(R_h h + c) with the reset after the product, as PyTorch and cuDNN do;   R_h (r·h) + c with it before
/// </code>
/// </summary>
internal sealed class Gru(int inputs, int units, bool reverse = false, bool resetAfter = true) : Recurrent(inputs, units, 3, reverse)
{
    /// <inheritdoc/>
    public override string Kind => "gru";

    /// <summary>
    /// True to apply the reset gate after the state's matrix product (ONNX's <c>linear_before_reset</c>), false to apply it before.
    /// </summary>
    public bool ResetAfter { get; } = resetAfter;

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new GruKernel<V>(this, setup);
}
