using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// The loops of <see cref="BatchNormalization"/>, fused with the ReLU that follows, if there is one: that saves a pass over memory in each
/// direction.
/// </summary>
internal sealed unsafe class BatchNormalizationKernel<V>(BatchNormalization operation, KernelSetup setup) : Kernel(setup), IRectifying
    where V : struct, ISimd<V>
{
    /// <summary>Number of values summed in floats before the sum is added to a double.</summary>
    private const int Run = 512;

    private int Channels => InputShape.Channels;
    private long Places => (long)Count * InputShape.Area;

    public bool CanRectify => true;

    /// <inheritdoc/>
    public bool Rectify { get; set; }

    /// <summary>Mean and inverse standard deviation of the batch.</summary>
    internal override long SavedBytes => 2L * Channels * sizeof(float);
    /// <summary>Factors per channel: two for the forward pass, three for the backward pass.</summary>
    internal override long SharedScratchBytes => 5L * Channels * sizeof(float);
    /// <summary>Two sums per channel, in doubles.</summary>
    internal override long ThreadScratchBytes => 2L * Channels * sizeof(double);

    private float* Mean => (float*)Saved;
    private float* InverseDeviation => Mean + Channels;
    private float* Factor0 => (float*)SharedScratch;
    private float* Factor1 => Factor0 + Channels;
    private float* Factor2 => Factor1 + Channels;
    private float* Slope => Factor2 + Channels;
    private float* Intercept => Slope + Channels;

    private bool MeasuresBatch => IsTraining && !operation.UsesRunningStatistics;

    protected override void Forward()
    {
        var scale = operation.Scale.Values;
        var shift = operation.Shift.Values;
        var runningMean = operation.RunningMean.Values;
        var runningVariance = operation.RunningVariance.Values;
        if (MeasuresBatch) Pool.Run(this, static (state, thread) => ((BatchNormalizationKernel<V>)state).SumMoments(thread));
        for (int c = 0; c < Channels; c++)
        {
            double mean = runningMean[c], variance = runningVariance[c];
            if (MeasuresBatch)
            {
                var (sum, square) = Total(c);
                double shifted = sum / Places;
                mean = Inputs[0][c] + shifted;
                variance = Math.Max(0, square / Places - shifted * shifted);
                double unbiased = Places > 1 ? variance * Places / (Places - 1) : variance;
                runningMean[c] = (float)((1 - operation.Momentum) * runningMean[c] + operation.Momentum * mean);
                runningVariance[c] = (float)((1 - operation.Momentum) * runningVariance[c] + operation.Momentum * unbiased);
            }
            double inverse = 1 / Math.Sqrt(variance + operation.Epsilon);
            Mean[c] = (float)mean;
            InverseDeviation[c] = (float)inverse;
        }
        SetLines();
        Pool.Run(this, static (state, thread) => ((BatchNormalizationKernel<V>)state).Normalize(thread));
    }

    /// <summary>
    /// The scale and shift that map each input to its output. The backward pass computes them again, with identical bits, and so knows
    /// which outputs the ReLU let through without reading them.
    /// </summary>
    private void SetLines()
    {
        var scale = operation.Scale.Values;
        var shift = operation.Shift.Values;
        for (int c = 0; c < Channels; c++)
        {
            double slope = (double)scale[c] * InverseDeviation[c];
            Slope[c] = (float)slope;
            Intercept[c] = (float)(shift[c] - Mean[c] * slope);
        }
    }

    internal override void Backward()
    {
        if (Rectify) SetLines();
        Pool.Run(this, static (state, thread) => ((BatchNormalizationKernel<V>)state).SumGradients(thread));
        var scale = operation.Scale.Values;
        var scaleGradient = operation.Scale.Gradients;
        var shiftGradient = operation.Shift.Gradients;
        for (int c = 0; c < Channels; c++)
        {
            var (sum, product) = Total(c);
            double inverse = InverseDeviation[c];
            shiftGradient[c] = (float)sum;
            scaleGradient[c] = (float)(product * inverse);
            // dx = scale * inverse * (dy - mean(dy) - xhat * mean(dy * xhat)), grouped by dy, x and a constant.
            // If the statistics do not come from the batch, no gradient flows through them: the last two terms are 0.
            double outer = scale[c] * inverse, slope = MeasuresBatch ? product * inverse * inverse / Places : 0;
            Factor0[c] = (float)outer;
            Factor1[c] = (float)(-outer * slope);
            Factor2[c] = MeasuresBatch ? (float)(outer * (Mean[c] * slope - sum / Places)) : 0;
        }
        if (InputGradients[0] != null)
            Pool.Run(this, static (state, thread) => ((BatchNormalizationKernel<V>)state).SpreadGradients(thread));
    }

    private (double First, double Second) Total(int channel)
    {
        double first = 0, second = 0;
        foreach (byte* scratch in ThreadScratch)
        {
            first += ((double*)scratch)[channel];
            second += ((double*)scratch)[Channels + channel];
        }
        return (first, second);
    }

    private (long First, long Last) PlacesOf(int thread) => (Places * thread / Pool.Threads, Places * (thread + 1) / Pool.Threads);

    private void SumMoments(int thread)
    {
        ClearSums(thread);
        var (first, last) = PlacesOf(thread);
        for (long start = first; start < last; start += Run)
        {
            int n = (int)Math.Min(Run, last - start), c = 0;
            for (; c <= Channels - V.Width; c += V.Width) Moments<V>(thread, start, n, c);
            for (; c < Channels; c++) Moments<Simd1>(thread, start, n, c);
        }
    }

    /// <summary>
    /// Sums of x - k and its square, where k is the batch's first value: one pass, without the cancellation of plain squares.
    /// </summary>
    private void Moments<W>(int thread, long start, int n, int c) where W : struct, ISimd<W>
    {
        float* x = Inputs[0] + start * Channels + c;
        W origin = W.Load(Inputs[0] + c), sum = default, square = default;
        for (int i = 0; i < n; i++, x += Channels)
        {
            W d = W.Subtract(W.Load(x), origin);
            sum = W.Add(sum, d);
            square = W.MultiplyAdd(d, d, square);
        }
        AddSums(thread, c, sum, square);
    }

    private void SumGradients(int thread)
    {
        ClearSums(thread);
        var (first, last) = PlacesOf(thread);
        for (long start = first; start < last; start += Run)
        {
            int n = (int)Math.Min(Run, last - start), c = 0;
            for (; c <= Channels - V.Width; c += V.Width) GradientSums<V>(thread, start, n, c);
            for (; c < Channels; c++) GradientSums<Simd1>(thread, start, n, c);
        }
    }

    private void GradientSums<W>(int thread, long start, int n, int c) where W : struct, ISimd<W>
    {
        float* x = Inputs[0] + start * Channels + c, dy = OutputGradient + start * Channels + c;
        W mean = W.Load(Mean + c), sum = default, product = default;
        bool rectify = Rectify;
        W slope = rectify ? W.Load(Slope + c) : default, intercept = rectify ? W.Load(Intercept + c) : default;
        for (int i = 0; i < n; i++, x += Channels, dy += Channels)
        {
            W gradient = W.Load(dy), value = W.Load(x);
            if (rectify) gradient = W.WherePositive(W.MultiplyAdd(value, slope, intercept), gradient, default);
            sum = W.Add(sum, gradient);
            product = W.MultiplyAdd(gradient, W.Subtract(value, mean), product);
        }
        AddSums(thread, c, sum, product);
    }

    private void ClearSums(int thread) => new Span<double>(ThreadScratch[thread], 2 * Channels).Clear();

    private void AddSums<W>(int thread, int c, W first, W second) where W : struct, ISimd<W>
    {
        double* sums = (double*)ThreadScratch[thread] + c;
        float* lanes = stackalloc float[W.Width];
        W.Store(lanes, first);
        for (int i = 0; i < W.Width; i++) sums[i] += lanes[i];
        W.Store(lanes, second);
        for (int i = 0; i < W.Width; i++) sums[Channels + i] += lanes[i];
    }

    private void Normalize(int thread)
    {
        var (first, last) = PlacesOf(thread);
        bool rectify = Rectify;
        for (long place = first; place < last; place++)
        {
            float* x = Inputs[0] + place * Channels, y = Output + place * Channels;
            int c = 0;
            for (; c <= Channels - V.Width; c += V.Width) Normalize<V>(x, y, c, rectify);
            for (; c < Channels; c++) Normalize<Simd1>(x, y, c, rectify);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Normalize<W>(float* x, float* y, int c, bool rectify) where W : struct, ISimd<W>
    {
        W value = W.MultiplyAdd(W.Load(x + c), W.Load(Slope + c), W.Load(Intercept + c));
        W.Store(y + c, rectify ? W.Max(value, default) : value);
    }

    private void SpreadGradients(int thread)
    {
        var (first, last) = PlacesOf(thread);
        bool rectify = Rectify, accumulate = Accumulate[0];
        for (long place = first; place < last; place++)
        {
            long offset = place * Channels;
            int c = 0;
            for (; c <= Channels - V.Width; c += V.Width) Spread<V>(offset, c, rectify, accumulate);
            for (; c < Channels; c++) Spread<Simd1>(offset, c, rectify, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Spread<W>(long offset, int c, bool rectify, bool accumulate) where W : struct, ISimd<W>
    {
        W gradient = W.Load(OutputGradient + offset + c), x = W.Load(Inputs[0] + offset + c);
        if (rectify) gradient = W.WherePositive(W.MultiplyAdd(x, W.Load(Slope + c), W.Load(Intercept + c)), gradient, default);
        float* dx = InputGradients[0] + offset + c;
        W value = W.MultiplyAdd(gradient, W.Load(Factor0 + c), W.MultiplyAdd(x, W.Load(Factor1 + c), W.Load(Factor2 + c)));
        W.Store(dx, accumulate ? W.Add(W.Load(dx), value) : value);
    }
}
