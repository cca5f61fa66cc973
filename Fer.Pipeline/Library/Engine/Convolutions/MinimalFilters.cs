namespace Fer.Pipeline.Engine;

/// <summary>Creates the passes of a 3x3 convolution for one minimal filter.</summary>
internal abstract class MinimalFilters<V> where V : struct, ISimd<V>
{
    /// <summary>All minimal filters; on equal cost the first one is used.</summary>
    internal static IReadOnlyList<MinimalFilters<V>> All { get; } = [new MinimalFilters<V, MinimalFilter4>(),
        new MinimalFilters<V, MinimalFilter3>()];

    /// <inheritdoc cref="WinogradTiles{V, F}.Cost"/>
    internal abstract double Cost(Shape input, Shape output, Window window, int groups, int batchSize, int threads);

    /// <summary>
    /// The pass from <paramref name="input"/> to <paramref name="output"/>; parameters as in <see cref="WinogradConvolution{V, F}"/>.
    /// </summary>
    internal abstract ConvolutionPass Convolution(Shape input, Shape output, int padTop, int padLeft, nint rowStride, nint columnStride,
        bool turned);

    /// <summary>The weight gradient, or null if the batch has too few tiles for it.</summary>
    internal abstract ConvolutionWeightPass? WeightGradient(Shape input, Shape output, int padTop, int padLeft, int batchSize, int threads);
}

/// <summary>The passes for <typeparamref name="F"/>.</summary>
internal sealed class MinimalFilters<V, F> : MinimalFilters<V> where V : struct, ISimd<V> where F : struct, IMinimalFilter
{
    internal override double Cost(Shape input, Shape output, Window window, int groups, int batchSize, int threads) =>
        WinogradTiles<V, F>.Cost(input, output, window, groups, batchSize, threads);

    internal override ConvolutionPass Convolution(Shape input, Shape output, int padTop, int padLeft, nint rowStride, nint columnStride,
        bool turned) =>
        new WinogradConvolution<V, F>(input, output, padTop, padLeft, rowStride, columnStride, turned);

    internal override ConvolutionWeightPass? WeightGradient(
        Shape input, Shape output, int padTop, int padLeft, int batchSize, int threads) =>
        WinogradWeightGradient<V, F>.Suits(output, batchSize, threads)
            ? new WinogradWeightGradient<V, F>(input, output, padTop, padLeft, batchSize, threads) : null;
}
