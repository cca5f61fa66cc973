namespace Fer.Pipeline.Engine;

/// <summary>The steps of <see cref="Lstm"/>; keeps the cell state after each step.</summary>
internal sealed unsafe class LstmKernel<V> : RecurrentKernel<V> where V : struct, ISimd<V>
{
    private readonly Lstm _lstm;
    private readonly MatrixProduct<V> _state;
    private readonly MatrixProduct<V>? _stateBack;
    private readonly long _cells;

    internal LstmKernel(Lstm lstm, KernelSetup setup) : base(lstm, setup)
    {
        _lstm = lstm;
        _state = StepProduct(Units, GateWidth, Units, GateWidth, 1, Units);
        if (setup.Training)
            _stateBack = Add(
                new MatrixProduct<V>(StepPlaces(GateWidth), MatrixProduct<V>.Steps((long)setup.BatchSize * Columns, Units), GateWidth,
                    Units, Units, 1), lstm.RecurrentWeight);
        else _cells = Take((long)setup.BatchSize * Rows * Units);
    }

    protected override int KeptWidth => Units;

    protected override float* Kept => IsTraining ? GateValues + (long)Setup.BatchSize * Rows * GateWidth : (float*)SharedScratch + _cells;

    protected override int ExtraSums => _lstm.Peepholes is null ? 0 : 3 * Units;

    protected override void StepForward(int first, int last, int step, int before, float* scratch)
    {
        long row = (long)first * Rows;
        if (before >= 0)
            Run(_state, Output + (row + before * Columns) * Units, GateValues + (row + step * Columns) * GateWidth, true,
                (last - first) * Columns, scratch);
        fixed (float* peepholes = _lstm.Peepholes is { } p ? p.Values : default)
            for (int example = first; example < last; example++)
                for (int column = 0; column < Columns; column++)
                {
                    long now = (long)example * Rows + step * Columns + column, then = (long)example * Rows + before * Columns + column;
                    float* gates = GateValues + now * GateWidth, cell = Kept + now * Units, old = before < 0 ? null : Kept + then * Units,
                        y = Output + now * Units;
                    int u = 0;
                    for (; u <= Units - V.Width; u += V.Width)
                        Step<V>(gates + u, old == null ? null : old + u, cell + u, y + u, peepholes == null ? null : peepholes + u);
                    for (; u < Units; u++)
                        Step<Simd1>(gates + u, old == null ? null : old + u, cell + u, y + u, peepholes == null ? null : peepholes + u);
                }
    }

    private void Step<W>(float* gates, float* old, float* cell, float* y, float* peepholes) where W : struct, ISimd<W>
    {
        float* input = gates, output = gates + Units, forget = gates + 2 * Units, fresh = gates + 3 * Units;
        W c = old == null ? default : W.Load(old), i = W.Load(input), f = W.Load(forget), o = W.Load(output);
        if (peepholes != null)
        {
            i = W.MultiplyAdd(W.Load(peepholes), c, i);
            f = W.MultiplyAdd(W.Load(peepholes + 2 * Units), c, f);
        }
        i = default(SigmoidCurve<W>).Apply(i);
        f = default(SigmoidCurve<W>).Apply(f);
        W g = default(TanhCurve<W>).Apply(W.Load(fresh));
        c = W.MultiplyAdd(f, c, W.Multiply(i, g));
        if (peepholes != null) o = W.MultiplyAdd(W.Load(peepholes + Units), c, o);
        o = default(SigmoidCurve<W>).Apply(o);
        W.Store(input, i);
        W.Store(output, o);
        W.Store(forget, f);
        W.Store(fresh, g);
        W.Store(cell, c);
        W.Store(y, W.Multiply(o, default(TanhCurve<W>).Apply(c)));
    }

    protected override void StepBackward(int first, int last, int step, int before, float* scratch)
    {
        fixed (float* peepholes = _lstm.Peepholes is { } p ? p.Values : default)
            for (int example = first; example < last; example++)
                for (int column = 0; column < Columns; column++)
                {
                    long now = (long)example * Rows + step * Columns + column, then = (long)example * Rows + before * Columns + column;
                    var at = new Place(
                        GateValues + now * GateWidth, before < 0 ? null : Kept + then * Units, Kept + now * Units,
                        OutputGradient + now * Units,
                        Carried(example) + column * Units, CarriedCell(example) + column * Units, GateGradients + now * GateWidth,
                        StateGradients + now * GateWidth, peepholes);
                    int u = 0;
                    for (; u <= Units - V.Width; u += V.Width) Back<V>(at, u);
                    for (; u < Units; u++) Back<Simd1>(at, u);
                }
        if (before >= 0)
            Run(_stateBack!, GateGradients + ((long)first * Rows + step * Columns) * GateWidth, Carried(first), false,
                (last - first) * Columns, scratch);
    }

    private readonly struct Place(float* gates, float* old, float* cell, float* dy, float* carried, float* carriedCell, float* gradients,
        float* stateGradients, float* peepholes)
    {
        internal readonly float* Gates = gates, Old = old, Cell = cell, Dy = dy, Carried = carried, CarriedCell = carriedCell,
            Gradients = gradients, StateGradients = stateGradients, Peepholes = peepholes;
    }

    private void Back<W>(in Place at, int u) where W : struct, ISimd<W>
    {
        float* gates = at.Gates + u;
        W one = W.Broadcast(1), i = W.Load(gates), o = W.Load(gates + Units), f = W.Load(gates + 2 * Units), g = W.Load(gates + 3 * Units);
        W old = at.Old == null ? default : W.Load(at.Old + u), t = default(TanhCurve<W>).Apply(W.Load(at.Cell + u));
        W dh = W.Add(W.Load(at.Dy + u), W.Load(at.Carried + u));
        W dO = Slope(W.Multiply(dh, t), o);
        W dc = W.Add(W.Load(at.CarriedCell + u), W.Multiply(W.Multiply(dh, o), W.Subtract(one, W.Multiply(t, t))));
        if (at.Peepholes != null) dc = W.MultiplyAdd(dO, W.Load(at.Peepholes + Units + u), dc);
        W di = Slope(W.Multiply(dc, g), i), df = Slope(W.Multiply(dc, old), f),
            dg = W.Multiply(W.Multiply(dc, i), W.Subtract(one, W.Multiply(g, g)));
        W back = W.Multiply(dc, f);
        if (at.Peepholes != null)
            back = W.MultiplyAdd(di, W.Load(at.Peepholes + u), W.MultiplyAdd(df, W.Load(at.Peepholes + 2 * Units + u), back));
        W.Store(at.CarriedCell + u, back);
        Store(at.Gradients + u, di, dO, df, dg);
        Store(at.StateGradients + u, di, dO, df, dg);
    }

    private static W Slope<W>(W gradient, W y) where W : struct, ISimd<W> =>
        W.Multiply(gradient, W.Multiply(y, W.Subtract(W.Broadcast(1), y)));

    private void Store<W>(float* target, W i, W o, W f, W g) where W : struct, ISimd<W>
    {
        W.Store(target, i);
        W.Store(target + Units, o);
        W.Store(target + 2 * Units, f);
        W.Store(target + 3 * Units, g);
    }

    protected override void SumStateWeights(int first, int last, float* sums)
    {
        float* peepholes = sums + (long)GateWidth * (Units + 2);
        for (int example = first; example < last; example++)
            for (int step = 0; step < Steps; step++)
            {
                long now = (long)example * Rows + step * Columns, then = (long)example * Rows + Before(step) * Columns;
                if (Before(step) >= 0)
                    OuterProducts(StateGradients + now * GateWidth, GateWidth, Output + then * Units, Units, Units, Columns, sums);
                if (_lstm.Peepholes is null) continue;
                for (int column = 0; column < Columns; column++)
                {
                    float* gradients = GateGradients + (now + column) * GateWidth, cell = Kept + (now + column) * Units,
                        old = Kept + (then + column) * Units;
                    for (int u = 0; u < Units; u++)
                    {
                        peepholes[Units + u] += gradients[Units + u] * cell[u];
                        if (Before(step) < 0) continue;
                        peepholes[u] += gradients[u] * old[u];
                        peepholes[2 * Units + u] += gradients[2 * Units + u] * old[u];
                    }
                }
            }
    }

    protected override void GatherExtra(long offset)
    {
        if (_lstm.Peepholes is { } peepholes) Gather(peepholes.Gradients, offset);
    }
}
