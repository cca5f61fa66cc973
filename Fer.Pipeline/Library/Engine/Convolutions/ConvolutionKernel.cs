namespace Fer.Pipeline.Engine;

/// <summary>
/// The plan of a convolution or linear layer: the cheapest algorithm that fits the shapes, chosen separately for output, input gradient and
/// weight gradient: depthwise, minimal filtering (<see cref="WinogradConvolution{V, F}"/>) or direct. The choice depends only on shapes,
/// batch size and threads, so it is always the same. In inference, batch normalisation is folded into the weights, and the ReLU and the max
/// pooling that follow are fused.
/// </summary>
internal sealed unsafe class ConvolutionKernel<V> : Kernel, IRectifying, IPoolsMaximum, IFoldsNormalization
    where V : struct, ISimd<V>
{
    /// <summary>
    /// Images of up to this many pixels: a pointwise layer treats the whole batch as one line, since small images would leave tiles half
    /// empty.
    /// </summary>
    private const int SmallImage = 256;

    private readonly NetworkParameter _weight;
    private readonly NetworkParameter? _bias;
    private readonly ConvolutionPass _forward;
    private readonly ConvolutionPass? _backward;
    private readonly ConvolutionWeightPass? _weightGradient;
    private BatchNormalization? _normalization;

    internal ConvolutionKernel(NetworkParameter weight, NetworkParameter? bias, Window window, int groups, KernelSetup setup) : base(setup)
    {
        _weight = weight;
        _bias = bias;
        var choice = new ConvolutionChoice<V>(InputShape, OutputShape, window, groups, setup, InputShape.Area <= SmallImage);
        _forward = choice.Forward();
        if (!IsTraining) return;
        _backward = choice.Backward();
        _weightGradient = choice.WeightGradient();
    }

    public bool CanRectify => !IsTraining;

    public bool Rectify { get; set; }

    public bool CanPool(Window window) => !IsTraining && _forward.CanPool(window);

    public bool Pools { get; set; }

    public void Fold(BatchNormalization normalization) => _normalization = normalization;

    internal override string Method => _forward.Name;

    internal override long SavedBytes => Setup.Frozen ? ForwardWeightBytes : 0;

    internal override long SharedScratchBytes =>
        Setup.Frozen ? 0 : Math.Max(ForwardWeightBytes, sizeof(float) * (_backward?.PackedLength ?? 0));

    internal override long ThreadScratchBytes => sizeof(float) * Math.Max(
        _forward.ScratchLength,
        Math.Max(_backward?.ScratchLength ?? 0, _weightGradient is null ? 0
            : BiasLength + _weightGradient.SumLength + _weightGradient.ScratchLength));

    /// <summary>The bias, the packed weights, and scratch for folding normalisation into the weights before they are packed.</summary>
    private long ForwardWeightBytes => sizeof(float) * (BiasLength + _forward.PackedLength + (_normalization is null ? 0 : _weight.Length));

    private int BiasLength => (OutputShape.Channels + 15) / 16 * 16;

    private float* Bias => (float*)(Setup.Frozen ? Saved : SharedScratch);

    private float* Packed => Bias + BiasLength;

    private float* Folded => Packed + _forward.PackedLength;

    internal override void Prepare()
    {
        if (Setup.Frozen) PackForward();
    }

    protected override void Forward()
    {
        if (!Setup.Frozen) PackForward();
        Pool.Run(this, static (state, thread) =>
        {
            var k = (ConvolutionKernel<V>)state;
            var call = new ConvolutionCall(k.Inputs[0], k.Packed, k.HasBias ? k.Bias : null, k.Output, k.Count, accumulate: false,
                k.Rectify, k.Pools);
            k._forward.Run(call, (float*)k.ThreadScratch[thread], k.ShareOf(thread));
        });
    }

    internal override void Backward()
    {
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).SumWeightGradient(thread));
        Pool.Run(this, static (state, thread) => ((ConvolutionKernel<V>)state).ReduceWeightGradient(thread));
        if (InputGradients[0] == null) return;
        Pool.Run(this, static (state, thread) =>
        {
            var k = (ConvolutionKernel<V>)state;
            fixed (float* weights = k._weight.Values) k._backward!.Pack(weights, (float*)k.SharedScratch, k.ShareOf(thread));
        });
        Pool.Run(this, static (state, thread) =>
        {
            var k = (ConvolutionKernel<V>)state;
            var call = new ConvolutionCall(k.OutputGradient, (float*)k.SharedScratch, null, k.InputGradients[0], k.Count, k.Accumulate[0],
                rectify: false, pools: false);
            k._backward!.Run(call, (float*)k.ThreadScratch[thread], k.ShareOf(thread));
        });
    }

    private bool HasBias => _bias is not null || _normalization is not null;

    private Share ShareOf(int thread) => new(thread, Pool.Threads);

    private void PackForward()
    {
        _bias?.Values.CopyTo(new Span<float>(Bias, OutputShape.Channels));
        if (_normalization is { } normalization) FoldIn(normalization);
        Pool.Run(this, static (state, thread) =>
        {
            var k = (ConvolutionKernel<V>)state;
            fixed (float* weights = k._weight.Values)
                k._forward.Pack(k._normalization is null ? weights : k.Folded, k.Packed, k.ShareOf(thread));
        });
    }

    /// <summary>Weights and bias of the convolution that computes the normalised output directly.</summary>
    private void FoldIn(BatchNormalization normalization)
    {
        int outputs = OutputShape.Channels, each = _weight.Length / outputs;
        var weights = _weight.Values;
        for (int o = 0; o < outputs; o++)
        {
            double scale = normalization.Scale.Values[o] / Math.Sqrt(
                (double)normalization.RunningVariance.Values[o] + normalization.Epsilon);
            double start = _bias is null ? 0 : _bias.Values[o];
            Bias[o] = (float)((start - normalization.RunningMean.Values[o]) * scale + normalization.Shift.Values[o]);
            for (int i = o * each; i < (o + 1) * each; i++) Folded[i] = (float)(weights[i] * scale);
        }
    }

    /// <summary>A thread's part of the sums; the bias sums come before the weight sums.</summary>
    private void SumWeightGradient(int thread)
    {
        float* bias = (float*)ThreadScratch[thread], sums = bias + BiasLength;
        _weightGradient!.Sum(Inputs[0], OutputGradient, Count, sums, sums + _weightGradient.SumLength, ShareOf(thread));
        if (_bias is null) return;
        int channels = OutputShape.Channels;
        var (first, last) = ShareOf(thread).Of(checked(Count * OutputShape.Area));
        new Span<float>(bias, channels).Clear();
        for (int pixel = first; pixel < last; pixel++) Loops.AddTo<V>(bias, OutputGradient + (long)pixel * channels, channels);
    }

    private void ReduceWeightGradient(int thread)
    {
        _weightGradient!.Reduce(ThreadScratch, BiasLength, _weight.Gradients, ShareOf(thread));
        if (_bias is null || thread != 0) return;
        var gradient = _bias.Gradients;
        for (int channel = 0; channel < gradient.Length; channel++)
        {
            float sum = 0;
            foreach (byte* scratch in ThreadScratch) sum += ((float*)scratch)[channel];
            gradient[channel] = sum;
        }
    }
}
