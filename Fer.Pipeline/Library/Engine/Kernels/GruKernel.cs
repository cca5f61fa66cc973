namespace Fer.Pipeline.Engine;

/// <summary>
/// The steps of <see cref="Gru"/>. Keeps the recurrent part of the hidden gate: the product R_h h + c if the reset comes after it, r·h if
/// it comes before.
/// </summary>
internal sealed unsafe class GruKernel<V> : RecurrentKernel<V> where V : struct, ISimd<V>
{
    private readonly Gru _gru;
    private readonly MatrixProduct<V> _gates, _hidden;
    private readonly MatrixProduct<V>? _gatesBack, _hiddenBack;
    private readonly long _kept, _hiddenBias;

    internal GruKernel(Gru gru, KernelSetup setup) : base(gru, setup)
    {
        _gru = gru;
        // Update and reset gate first; the hidden gate is handled separately.
        _gates = StepProduct(Units, GateWidth, Units, 2 * Units, 1, Units);
        _hidden = gru.ResetAfter
            ? StepProduct(Units, Units, Units, Units, 1, Units, start: 2 * Units * Units)
            : StepProduct(Units, GateWidth, Units, Units, 1, Units, start: 2 * Units * Units);
        _hiddenBias = Take(Units);
        if (setup.Training)
        {
            nint[] carried = MatrixProduct<V>.Steps((long)setup.BatchSize * Columns, Units);
            _gatesBack = Add(new MatrixProduct<V>(StepPlaces(GateWidth), carried, 2 * Units, Units, Units, 1), gru.RecurrentWeight);
            _hiddenBack = Add(new MatrixProduct<V>(StepPlaces(GateWidth), carried, Units, Units, Units, 1, start: 2 * Units * Units),
                gru.RecurrentWeight);
        }
        else _kept = Take((long)setup.BatchSize * Rows * Units);
    }

    protected override int KeptWidth => Units;

    protected override float* Kept => IsTraining ? GateValues + (long)Setup.BatchSize * Rows * GateWidth : (float*)SharedScratch + _kept;

    protected override float StateBias(ReadOnlySpan<float> bias, int index)
    {
        float value = bias[GateWidth + index];
        if (!_gru.ResetAfter || index < 2 * Units) return value;
        ((float*)SharedScratch + _hiddenBias)[index - 2 * Units] = value;
        return 0;
    }

    protected override void StepForward(int first, int last, int step, int before, float* scratch)
    {
        long start = (long)first * Rows + step * Columns, old = (long)first * Rows + before * Columns;
        int rows = (last - first) * Columns;
        float* bias = (float*)SharedScratch + _hiddenBias;
        if (before >= 0)
        {
            Run(_gates, Output + old * Units, GateValues + start * GateWidth, true, rows, scratch);
            if (_gru.ResetAfter) Run(_hidden, Output + old * Units, Kept + start * Units, false, rows, scratch, bias);
        }
        for (int part = 0; part < 2; part++)
        {
            // Update and reset first: the hidden gate may need the reset state.
            for (int example = first; example < last; example++)
                for (int column = 0; column < Columns; column++)
                {
                    long now = (long)example * Rows + step * Columns + column, then = (long)example * Rows + before * Columns + column;
                    float* gates = GateValues + now * GateWidth, kept = Kept + now * Units, previous = before < 0 ? null
                        : Output + then * Units, y = Output + now * Units;
                    if (before < 0 && _gru.ResetAfter && part == 0) Loops.Copy(bias, kept, Units);
                    int u = 0;
                    for (; u <= Units - V.Width; u += V.Width)
                        Step<V>(part, gates + u, kept + u, previous == null ? null : previous + u, y + u);
                    for (; u < Units; u++) Step<Simd1>(part, gates + u, kept + u, previous == null ? null : previous + u, y + u);
                }
            if (part == 0 && before >= 0 && !_gru.ResetAfter)
                Run(_hidden, Kept + start * Units, GateValues + start * GateWidth + 2 * Units, true, rows, scratch);
        }
    }

    private void Step<W>(int part, float* gates, float* kept, float* previous, float* y) where W : struct, ISimd<W>
    {
        W old = previous == null ? default : W.Load(previous);
        if (part == 0)
        {
            W.Store(gates, default(SigmoidCurve<W>).Apply(W.Load(gates)));
            W reset = default(SigmoidCurve<W>).Apply(W.Load(gates + Units));
            W.Store(gates + Units, reset);
            if (!_gru.ResetAfter) W.Store(kept, W.Multiply(reset, old));
            return;
        }
        W z = W.Load(gates), sum = W.Load(gates + 2 * Units);
        if (_gru.ResetAfter) sum = W.MultiplyAdd(W.Load(gates + Units), W.Load(kept), sum);
        W hidden = default(TanhCurve<W>).Apply(sum);
        W.Store(gates + 2 * Units, hidden);
        W.Store(y, W.MultiplyAdd(z, W.Subtract(old, hidden), hidden));
    }

    protected override void StepBackward(int first, int last, int step, int before, float* scratch)
    {
        long start = (long)first * Rows + step * Columns;
        int rows = (last - first) * Columns;
        for (int part = 0; part < 2; part++)
        {
            for (int example = first; example < last; example++)
                for (int column = 0; column < Columns; column++)
                {
                    long now = (long)example * Rows + step * Columns + column, then = (long)example * Rows + before * Columns + column;
                    var at = new Place(GateValues + now * GateWidth, Kept + now * Units, before < 0 ? null : Output + then * Units,
                        OutputGradient + now * Units,
                        Carried(example) + column * Units, CarriedCell(example) + column * Units, GateGradients + now * GateWidth,
                        StateGradients + now * GateWidth);
                    int u = 0;
                    for (; u <= Units - V.Width; u += V.Width) Back<V>(part, at, u);
                    for (; u < Units; u++) Back<Simd1>(part, at, u);
                }
            // The gradient of r·h, for the second part.
            if (part == 0 && !_gru.ResetAfter)
                Run(_hiddenBack!, StateGradients + start * GateWidth + 2 * Units, CarriedCell(first), false, rows, scratch);
        }
        if (before < 0) return;
        Run(_gatesBack!, StateGradients + start * GateWidth, Carried(first), true, rows, scratch);
        if (_gru.ResetAfter) Run(_hiddenBack!, StateGradients + start * GateWidth + 2 * Units, Carried(first), true, rows, scratch);
    }

    private readonly struct Place(float* gates, float* kept, float* previous, float* dy, float* carried, float* resetState,
        float* gradients, float* stateGradients)
    {
        internal readonly float* Gates = gates, Kept = kept, Previous = previous, Dy = dy, Carried = carried, ResetState = resetState,
            Gradients = gradients, StateGradients = stateGradients;
    }

    private void Back<W>(int part, in Place at, int u) where W : struct, ISimd<W>
    {
        W one = W.Broadcast(1), z = W.Load(at.Gates + u), r = W.Load(at.Gates + Units + u), hidden = W.Load(at.Gates + 2 * Units + u);
        W old = at.Previous == null ? default : W.Load(at.Previous + u);
        if (part == 0)
        {
            W dh = W.Add(W.Load(at.Dy + u), W.Load(at.Carried + u));
            W dn = W.Multiply(W.Multiply(dh, W.Subtract(one, z)), W.Subtract(one, W.Multiply(hidden, hidden)));
            W dz = W.Multiply(W.Multiply(dh, W.Subtract(old, hidden)), W.Multiply(z, W.Subtract(one, z)));
            W.Store(at.Gradients + u, dz);
            W.Store(at.StateGradients + u, dz);
            W.Store(at.Gradients + 2 * Units + u, dn);
            W.Store(at.StateGradients + 2 * Units + u, _gru.ResetAfter ? W.Multiply(dn, r) : dn);
            W.Store(at.Carried + u, W.Multiply(dh, z));
            return;
        }
        // The value that the reset gate multiplied, and the gradient of that product.
        W other = _gru.ResetAfter ? W.Load(at.Kept + u) : old;
        W product = _gru.ResetAfter ? W.Load(at.Gradients + 2 * Units + u) : W.Load(at.ResetState + u);
        W dr = W.Multiply(W.Multiply(product, other), W.Multiply(r, W.Subtract(one, r)));
        W.Store(at.Gradients + Units + u, dr);
        W.Store(at.StateGradients + Units + u, dr);
        if (!_gru.ResetAfter) W.Store(at.Carried + u, W.MultiplyAdd(product, r, W.Load(at.Carried + u)));
    }

    protected override void SumStateWeights(int first, int last, float* sums)
    {
        for (int example = first; example < last; example++)
            for (int step = 0; step < Steps; step++)
            {
                if (Before(step) < 0) continue;
                long now = (long)example * Rows + step * Columns, then = (long)example * Rows + Before(step) * Columns;
                float* gradients = StateGradients + now * GateWidth, hidden = sums + 2L * Units * Units;
                OuterProducts(gradients, 2 * Units, Output + then * Units, Units, Units, Columns, sums);
                OuterProducts(gradients + 2 * Units, Units, _gru.ResetAfter ? Output + then * Units : Kept + now * Units, Units, Units,
                    Columns, hidden);
            }
    }
}
