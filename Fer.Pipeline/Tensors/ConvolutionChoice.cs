namespace Fer.Pipeline.Tensors;

/// <summary>Chooses how the passes of a convolution are worked out, by its shapes, the batch size and the number of threads.</summary>
internal readonly struct ConvolutionChoice<V>(Shape input, Shape output, Window window, int groups, KernelSetup setup, bool smallImage) where V : struct, ISimd<V>
{
    /// <summary>A 3x3 kernel's last place: the padding of the turned convolution is this less the padding.</summary>
    private const int Reach = 2;

    private int Taps => window.KernelHeight * window.KernelWidth;
    private bool IsDepthwise => groups > 1 && groups == input.Channels && groups == output.Channels;
    private bool IsLine => window == Window.Square(1) && smallImage && !IsDepthwise;
    private int Inputs => input.Channels / groups;
    private int LineOf => IsLine ? setup.BatchSize : 0;
    private Shape LineInput => IsLine ? new Shape(input.Channels, 1, input.Area * setup.BatchSize) : input;
    private Shape LineOutput => IsLine ? new Shape(output.Channels, 1, output.Area * setup.BatchSize) : output;

    internal ConvolutionPass Forward()
    {
        if (IsDepthwise) return new DepthwiseConvolutionPass<V>(input, output, [ConvolutionPhases.Forward(input, output, window)], Taps);
        switch (TileOf(input, output))
        {
            case 4: return new WinogradConvolution<V, MinimalFilter4>(input, output, window.PadTop, window.PadLeft, Taps, (nint)Inputs * Taps, turned: false);
            case 3: return new WinogradConvolution<V, MinimalFilter3>(input, output, window.PadTop, window.PadLeft, Taps, (nint)Inputs * Taps, turned: false);
        }
        return new DirectConvolutionPass<V>(LineInput, LineOutput, [ConvolutionPhases.Forward(LineInput, LineOutput, window)], groups, Taps, (nint)Inputs * Taps, LineOf);
    }

    /// <summary>From the output's gradient to the input's.</summary>
    internal ConvolutionPass Backward()
    {
        if (IsDepthwise) return new DepthwiseConvolutionPass<V>(output, input, ConvolutionPhases.Backward(input, output, window), Taps);
        switch (Math.Max(window.PadTop, window.PadLeft) <= Reach ? TileOf(output, input) : 0)
        {
            case 4: return new WinogradConvolution<V, MinimalFilter4>(output, input, Reach - window.PadTop, Reach - window.PadLeft, (nint)Inputs * Taps, Taps, turned: true);
            case 3: return new WinogradConvolution<V, MinimalFilter3>(output, input, Reach - window.PadTop, Reach - window.PadLeft, (nint)Inputs * Taps, Taps, turned: true);
        }
        return new DirectConvolutionPass<V>(LineOutput, LineInput, ConvolutionPhases.Backward(LineInput, LineOutput, window), groups, (nint)Inputs * Taps, Taps, LineOf);
    }

    internal ConvolutionWeightPass WeightGradient()
    {
        if (IsDepthwise) return new DepthwiseWeightPass<V>(input, output, window);
        switch (TileOf(input, output))
        {
            case 4 when WinogradWeightGradient<V, MinimalFilter4>.Suits(output, setup.BatchSize, setup.Pool.Threads):
                return new WinogradWeightGradient<V, MinimalFilter4>(input, output, window.PadTop, window.PadLeft, setup.BatchSize, setup.Pool.Threads);
            case 3 when WinogradWeightGradient<V, MinimalFilter3>.Suits(output, setup.BatchSize, setup.Pool.Threads):
                return new WinogradWeightGradient<V, MinimalFilter3>(input, output, window.PadTop, window.PadLeft, setup.BatchSize, setup.Pool.Threads);
        }
        return IsLine ? new LineWeightPass<V>(input, output.Channels, groups) : new DirectWeightPass<V>(input, output, window, groups, setup.BatchSize);
    }

    /// <summary>Side of the minimal filtering's tile that costs least, or 0 where direct sums do.</summary>
    private int TileOf(Shape from, Shape to)
    {
        if (!setup.Pool.AllowsWinograd) return 0;
        double direct = 9.0 * from.Channels * to.Channels * to.Area;
        double four = WinogradTiles<V, MinimalFilter4>.Cost(from, to, window, groups, setup.BatchSize, setup.Pool.Threads);
        double three = WinogradTiles<V, MinimalFilter3>.Cost(from, to, window, groups, setup.BatchSize, setup.Pool.Threads);
        return Math.Min(four, three) >= direct ? 0 : three < four ? 3 : 4;
    }
}
