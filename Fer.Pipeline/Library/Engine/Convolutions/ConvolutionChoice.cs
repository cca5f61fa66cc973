namespace Fer.Pipeline.Engine;

/// <summary>Chooses the algorithm for each pass of a convolution from its shapes, the batch size and the number of threads.</summary>
internal readonly struct ConvolutionChoice<V>(Shape input, Shape output, Window window, int groups, KernelSetup setup, bool smallImage)
    where V : struct, ISimd<V>
{
    /// <summary>Last index of a 3x3 kernel: the padding of the flipped convolution is this minus the padding.</summary>
    private const int Reach = 2;

    private int Taps => window.KernelHeight * window.KernelWidth;
    private bool IsDepthwise => groups > 1 && groups == input.Channels && groups == output.Channels
        && Taps <= DepthwiseConvolutionPass<V>.MostTaps;
    private bool IsLine => window == Window.Square(1) && smallImage && !IsDepthwise;
    private int Inputs => input.Channels / groups;
    /// <summary>A thread's part of the batch, rounded up.</summary>
    private int Images => (setup.BatchSize + setup.Pool.Threads - 1) / setup.Pool.Threads;
    private int LineOf => IsLine ? setup.BatchSize : 0;
    private Shape LineInput => IsLine ? new Shape(input.Channels, 1, input.Area * setup.BatchSize) : input;
    private Shape LineOutput => IsLine ? new Shape(output.Channels, 1, output.Area * setup.BatchSize) : output;

    internal ConvolutionPass Forward()
    {
        if (IsDepthwise) return new DepthwiseConvolutionPass<V>(input, output, [ConvolutionPhases.Forward(input, output, window)], Taps);
        return FilterOf(input, output)?.Convolution(input, output, window.PadTop, window.PadLeft, Taps, (nint)Inputs * Taps,
                turned: false, Images)
            ?? new DirectConvolutionPass<V>(LineInput, LineOutput, [ConvolutionPhases.Forward(LineInput, LineOutput, window)], groups, Taps,
                (nint)Inputs * Taps, LineOf);
    }

    /// <summary>From the output's gradient to the input's gradient.</summary>
    internal ConvolutionPass Backward()
    {
        if (IsDepthwise) return new DepthwiseConvolutionPass<V>(output, input, ConvolutionPhases.Backward(input, output, window), Taps);
        var filter = Math.Max(window.PadTop, window.PadLeft) <= Reach ? FilterOf(output, input) : null;
        return filter?.Convolution(output, input, Reach - window.PadTop, Reach - window.PadLeft, (nint)Inputs * Taps, Taps, turned: true,
            Images)
            ?? new DirectConvolutionPass<V>(LineOutput, LineInput, ConvolutionPhases.Backward(LineInput, LineOutput, window), groups,
                (nint)Inputs * Taps, Taps, LineOf);
    }

    internal ConvolutionWeightPass WeightGradient()
    {
        if (IsDepthwise) return new DepthwiseWeightPass<V>(input, output, window);
        return FilterOf(input, output)?.WeightGradient(input, output, window.PadTop, window.PadLeft, setup.BatchSize, setup.Pool.Threads)
            ?? (IsLine ? new LineWeightPass<V>(input, output.Channels, groups)
                : new DirectWeightPass<V>(input, output, window, groups, setup.BatchSize));
    }

    /// <summary>The cheapest minimal filter, or null if direct convolution is cheaper.</summary>
    private MinimalFilters<V>? FilterOf(Shape from, Shape to)
    {
        if (!setup.Pool.AllowsWinograd) return null;
        MinimalFilters<V>? best = null;
        double least = 9.0 * from.Channels * to.Channels * to.Area;
        foreach (var filter in setup.Frozen ? MinimalFilters<V>.ForInference : MinimalFilters<V>.ForTraining)
        {
            double cost = filter.Cost(from, to, window, groups, setup.BatchSize, setup.Pool.Threads);
            if (cost < least) (best, least) = (filter, cost);
        }
        return best;
    }
}
