namespace Fer.Pipeline.Engine;

/// <summary>Creates the passes of a 3x3 convolution for one minimal filter.</summary>
internal abstract class MinimalFilters<V> where V : struct, ISimd<V>
{
    /// <summary>The minimal filters for a training, its validation included; on equal cost the first one is used.</summary>
    internal static IReadOnlyList<MinimalFilters<V>> ForTraining { get; } =
        [new TrainingFilters<V, MinimalFilter4>(), new TrainingFilters<V, MinimalFilter3>()];

    /// <summary>Those for a network whose weights change no more.</summary>
    internal static IReadOnlyList<MinimalFilters<V>> ForInference { get; } = [.. ForTraining, new MinimalFilters<V, MinimalFilter6>()];

    /// <inheritdoc cref="WinogradTiles{V, F}.Cost"/>
    internal abstract double Cost(Shape input, Shape output, Window window, int groups, int batchSize, int threads);

    /// <summary>
    /// The pass from <paramref name="input"/> to <paramref name="output"/>; parameters as in <see cref="WinogradConvolution{V, F}"/>.
    /// </summary>
    internal abstract ConvolutionPass Convolution(Shape input, Shape output, int padTop, int padLeft, nint rowStride, nint columnStride,
        bool turned, int images);

    /// <summary>The weight gradient, or null if the filter has none or the batch has too few tiles for it.</summary>
    internal virtual ConvolutionWeightPass? WeightGradient(
        Shape input, Shape output, int padTop, int padLeft, int batchSize, int threads) => null;
}

/// <summary>The passes for <typeparamref name="F"/>.</summary>
internal class MinimalFilters<V, F> : MinimalFilters<V> where V : struct, ISimd<V> where F : struct, IMinimalFilter
{
    internal sealed override double Cost(Shape input, Shape output, Window window, int groups, int batchSize, int threads) =>
        WinogradTiles<V, F>.Cost(input, output, window, groups, batchSize, threads);

    internal sealed override ConvolutionPass Convolution(Shape input, Shape output, int padTop, int padLeft, nint rowStride,
        nint columnStride, bool turned, int images) =>
        new WinogradConvolution<V, F>(input, output, padTop, padLeft, rowStride, columnStride, turned, images);
}

/// <summary>The passes for <typeparamref name="F"/>, weight gradient included.</summary>
internal sealed class TrainingFilters<V, F> : MinimalFilters<V, F> where V : struct, ISimd<V> where F : struct, ITrainingFilter
{
    internal override ConvolutionWeightPass? WeightGradient(
        Shape input, Shape output, int padTop, int padLeft, int batchSize, int threads) =>
        WinogradWeightGradient<V, F>.Suits(output, batchSize, threads)
            ? new WinogradWeightGradient<V, F>(input, output, padTop, padLeft, batchSize, threads) : null;
}
