namespace Fer.Pipeline.Engine;

/// <summary>
/// Code shared by recurrent layers. Forward: the input products of all steps at once, then step by step. Backward (through time): step by
/// step from the last one, then the gradients of weights and input for all steps at once. Each thread takes whole examples, which are
/// independent of each other.
/// </summary>
internal abstract unsafe class RecurrentKernel<V> : Kernel where V : struct, ISimd<V>
{
    private readonly Recurrent _operation;
    private readonly MatrixProduct<V> _input;
    private readonly MatrixProduct<V>? _inputBack;
    private readonly List<(MatrixProduct<V> Product, NetworkParameter Parameter, long Packed)> _products = [];
    private readonly long _gates, _bias, _gateGradients, _stateGradients, _carried;
    private long _shared;

    protected RecurrentKernel(Recurrent operation, KernelSetup setup) : base(setup)
    {
        _operation = operation;
        long rows = (long)setup.BatchSize * Rows;
        _input = Add(
            new MatrixProduct<V>(MatrixProduct<V>.Steps(rows, InputWidth), MatrixProduct<V>.Steps(rows, GateWidth), InputWidth, GateWidth,
                1, InputWidth), operation.Weight);
        _bias = Take(GateWidth);
        if (!setup.Training)
        {
            _gates = Take(rows * GateWidth);
            return;
        }
        _inputBack = Add(
            new MatrixProduct<V>(MatrixProduct<V>.Steps(rows, GateWidth), MatrixProduct<V>.Steps(rows, InputWidth), GateWidth, InputWidth,
                InputWidth, 1), operation.Weight);
        _gateGradients = Take(rows * GateWidth);
        _stateGradients = Take(rows * GateWidth);
        _carried = Take(2L * setup.BatchSize * Columns * Units);
    }

    protected int InputWidth => _operation.Inputs;
    protected int Units => _operation.Units;
    protected int GateWidth => _operation.Gates * Units;
    /// <summary>Number of parallel sequences in an example.</summary>
    protected int Columns => OutputShape.Width;
    protected int Steps => OutputShape.Height;
    /// <summary>Number of steps in all sequences of an example.</summary>
    protected int Rows => OutputShape.Area;

    /// <summary>[batch, steps, width, gates]: the gates' values, kept for the backward pass.</summary>
    protected float* GateValues => IsTraining ? (float*)Saved : (float*)SharedScratch + _gates;
    /// <summary>Gradients of the gates' inputs, as seen by the input products.</summary>
    protected float* GateGradients => (float*)SharedScratch + _gateGradients;
    /// <summary>Gradients of the gates' inputs, as seen by the state products.</summary>
    protected float* StateGradients => (float*)SharedScratch + _stateGradients;

    /// <summary>Floats per row that a layer keeps in addition to the gates.</summary>
    protected abstract int KeptWidth { get; }

    /// <summary>[batch, steps, width, <see cref="KeptWidth"/>].</summary>
    protected abstract float* Kept { get; }

    internal override long SavedBytes => IsTraining ? (long)Setup.BatchSize * Rows * (GateWidth + KeptWidth) * sizeof(float) : 0;
    internal override long SharedScratchBytes => _shared * sizeof(float);
    internal override long ThreadScratchBytes => sizeof(float) * (MatrixProduct<V>.ScratchLength + (IsTraining ? SumLength : 0));
    private long SumLength => (long)GateWidth * (InputWidth + Units + 2) + ExtraSums;

    /// <summary>Floats of gradient sums for additional parameters.</summary>
    protected virtual int ExtraSums => 0;

    /// <summary>Reserves space in the scratch memory that threads share.</summary>
    protected long Take(long floats)
    {
        long start = _shared;
        _shared += (floats + 15) / 16 * 16;
        return start;
    }

    protected MatrixProduct<V> Add(MatrixProduct<V> product, NetworkParameter parameter)
    {
        _products.Add((product, parameter, Take(product.PackedLength)));
        return product;
    }

    /// <summary>
    /// A matrix product whose rows are one step of all sequences; the offsets are relative to that step of the first example.
    /// </summary>
    protected MatrixProduct<V> StepProduct(int readWidth, int writeWidth, int summed, int made, nint rowStep, nint columnStep,
        nint start = 0)
    {
        return Add(new MatrixProduct<V>(StepPlaces(readWidth), StepPlaces(writeWidth), summed, made, rowStep, columnStep, start),
            _operation.RecurrentWeight);
    }

    /// <summary>Offsets of the sequences of a step among rows of <paramref name="width"/> floats.</summary>
    protected nint[] StepPlaces(int width) =>
        [.. from example in Enumerable.Range(0, Setup.BatchSize) from column in Enumerable.Range(0, Columns)
            select ((nint)example * Rows + column) * width];

    protected void Run(MatrixProduct<V> product, float* x, float* y, bool accumulate, int rows, float* scratch, float* start = null) =>
        product.Run(x, (float*)SharedScratch + _products.Find(p => p.Product == product).Packed, start, y, accumulate, rows, scratch);

    /// <summary>
    /// One step of examples [first, last): computes the new state from the gates' sums, which do not include the state products yet.
    /// </summary>
    /// <param name="first">First example.</param>
    /// <param name="last">One past the last example.</param>
    /// <param name="step">Index of the step in the sequence.</param>
    /// <param name="before">Index of the previous step, or -1.</param>
    /// <param name="scratch">Scratch memory for the products.</param>
    protected abstract void StepForward(int first, int last, int step, int before, float* scratch);

    /// <summary>
    /// The same step backward: from the carried gradient of the state to the gradients of the gates and of the previous state.
    /// </summary>
    protected abstract void StepBackward(int first, int last, int step, int before, float* scratch);

    /// <summary>Adds up the gradients of the recurrent weights.</summary>
    protected abstract void SumStateWeights(int first, int last, float* sums);

    /// <summary>
    /// [examples, width, units]: gradient of the state after the current step, coming from later steps; followed by another buffer of the
    /// same size.
    /// </summary>
    protected float* Carried(int example) => (float*)SharedScratch + _carried + (long)example * Columns * Units;
    protected float* CarriedCell(int example) => Carried(example) + (long)Setup.BatchSize * Columns * Units;

    protected override void Forward()
    {
        Pack();
        var bias = _operation.Bias.Values;
        float* start = (float*)SharedScratch + _bias;
        for (int i = 0; i < GateWidth; i++) start[i] = bias[i] + StateBias(bias, i);
        Pool.Run(this, static (state, thread) => ((RecurrentKernel<V>)state).Forward(thread));
    }

    /// <summary>The recurrent bias, if it may be added to the input bias up front.</summary>
    protected virtual float StateBias(ReadOnlySpan<float> bias, int index) => bias[GateWidth + index];

    private void Pack() => Pool.Run(this, static (state, thread) =>
    {
        var k = (RecurrentKernel<V>)state;
        foreach (var (product, parameter, packed) in k._products)
            fixed (float* matrix = parameter.Values)
                product.Pack(matrix, (float*)k.SharedScratch + packed, new Share(thread, k.Pool.Threads));
    });

    private void Forward(int thread)
    {
        var (first, last) = Pool.Part(Count, thread);
        if (first == last) return;
        float* scratch = (float*)ThreadScratch[thread];
        long row = (long)first * Rows;
        Run(_input, Inputs[0] + row * InputWidth, GateValues + row * GateWidth, false, (last - first) * Rows, scratch,
            (float*)SharedScratch + _bias);
        for (int s = 0; s < Steps; s++)
        {
            int step = _operation.Reverse ? Steps - 1 - s : s;
            StepForward(first, last, step, s == 0 ? -1 : _operation.Reverse ? step + 1 : step - 1, scratch);
        }
    }

    internal override void Backward()
    {
        Pool.Run(this, static (state, thread) => ((RecurrentKernel<V>)state).Backward(thread));
        Gather(_operation.Weight.Gradients, 0);
        Gather(_operation.RecurrentWeight.Gradients, (long)GateWidth * InputWidth);
        Gather(_operation.Bias.Gradients, (long)GateWidth * (InputWidth + Units));
        GatherExtra((long)GateWidth * (InputWidth + Units + 2));
    }

    protected virtual void GatherExtra(long offset) { }

    protected void Gather(Span<float> gradient, long offset)
    {
        gradient.Clear();
        foreach (byte* scratch in ThreadScratch)
        {
            float* sums = (float*)scratch + MatrixProduct<V>.ScratchLength + offset;
            for (int i = 0; i < gradient.Length; i++) gradient[i] += sums[i];
        }
    }

    private void Backward(int thread)
    {
        var (first, last) = Pool.Part(Count, thread);
        float* scratch = (float*)ThreadScratch[thread], sums = scratch + MatrixProduct<V>.ScratchLength;
        new Span<float>(sums, checked((int)SumLength)).Clear();
        if (first == last) return;
        int carried = (last - first) * Columns * Units;
        new Span<float>(Carried(first), carried).Clear();
        new Span<float>(CarriedCell(first), carried).Clear();
        for (int s = Steps - 1; s >= 0; s--)
        {
            int step = _operation.Reverse ? Steps - 1 - s : s;
            StepBackward(first, last, step, s == 0 ? -1 : _operation.Reverse ? step + 1 : step - 1, scratch);
        }
        long row = (long)first * Rows;
        int rows = (last - first) * Rows;
        OuterProducts(GateGradients + row * GateWidth, GateWidth, Inputs[0] + row * InputWidth, InputWidth, InputWidth, rows, sums);
        SumStateWeights(first, last, sums + (long)GateWidth * InputWidth);
        float* bias = sums + (long)GateWidth * (InputWidth + Units);
        for (int i = 0; i < rows; i++)
        {
            Loops.AddTo<V>(bias, GateGradients + (row + i) * GateWidth, GateWidth);
            Loops.AddTo<V>(bias + GateWidth, StateGradients + (row + i) * GateWidth, GateWidth);
        }
        if (InputGradients[0] != null)
            Run(_inputBack!, GateGradients + row * GateWidth, InputGradients[0] + row * InputWidth, Accumulate[0], rows, scratch);
    }

    /// <summary>Index of the previous step, or negative for the first.</summary>
    protected int Before(int step) => _operation.Reverse ? (step == Steps - 1 ? -1 : step + 1) : step - 1;

    /// <summary>sums[j, k] += Σ over rows of left[row, j] * right[row, k].</summary>
    protected void OuterProducts(float* left, int width, float* right, nint rightStep, int rightWidth, int rows, float* sums)
    {
        for (int row = 0; row < rows; row++)
            for (int j = 0; j < width; j++)
                Loops.Map<V, TimesPlus<V>>(new TimesPlus<V>(V.Broadcast(left[(long)row * GateWidth + j])), right + row * rightStep,
                    sums + (long)j * rightWidth, sums + (long)j * rightWidth, rightWidth, accumulate: false);
    }
}
