namespace Fer.Pipeline.Engine;

/// <summary>
/// Moves values: transposing, slicing, padding, repeating, reversing and shuffling channels are all special cases. Every output axis has a
/// table of offsets. An output value is the input value at the sum of its axes' entries, or <see cref="Fill"/> if any entry is negative.
/// </summary>
internal sealed class Rearrange : Operation
{
    /// <param name="output">Shape of the output; the axes are in its memory order, [height, width, channels].</param>
    /// <param name="axes">One table per axis, outermost first, of offsets into one input example in memory order.</param>
    /// <param name="fill">Value where nothing is read.</param>
    internal Rearrange(Shape output, int[][] axes, float fill = 0)
    {
        Shape = output;
        Axes = axes;
        Fill = fill;
        if (axes.Aggregate(1L, (n, axis) => n * axis.Length) != output.Length)
            throw new ArgumentException($"The tables do not give the {output.Length} values of {output}.", nameof(axes));
    }

    /// <inheritdoc/>
    public override string Kind => "rearrange";

    /// <summary>Shape of the output.</summary>
    public Shape Shape { get; }

    /// <summary>Value where nothing is read: the padding value.</summary>
    public float Fill { get; }

    internal int[][] Axes { get; }

    /// <summary>Reorders or selects channels: output channel i is input channel <paramref name="channels"/>[i].</summary>
    public static Rearrange SelectChannels(Shape input, ReadOnlySpan<int> channels) => new(
        new Shape(channels.Length, input.Height, input.Width),
        [Steps(input.Area, input.Channels), channels.ToArray()]);

    /// <summary>
    /// Interleaves the channels of <paramref name="groups"/> groups: ShuffleNet's channel shuffle (Zhang et al., arXiv 1707.01083).
    /// </summary>
    /// <exception cref="FerException">The number of channels is not a multiple of <paramref name="groups"/>.</exception>
    public static Rearrange ShuffleChannels(Shape input, int groups)
    {
        if (groups < 1 || input.Channels % groups != 0)
            throw new FerException($"{input.Channels} channels cannot be shuffled in {groups} groups.");
        int each = input.Channels / groups;
        return SelectChannels(input, [.. Enumerable.Range(0, input.Channels).Select(i => i % groups * each + i / groups)]);
    }

    /// <summary>Pads each channel with <paramref name="fill"/>.</summary>
    public static Rearrange Pad(Shape input, int top, int left, int bottom, int right, float fill = 0)
    {
        if (Math.Min(Math.Min(top, left), Math.Min(bottom, right)) < 0)
            throw new FerException($"A padding is at least 0 on each side, not {top}, {left}, {bottom}, {right}.");
        return new Rearrange(new Shape(input.Channels, input.Height + top + bottom, input.Width + left + right),
        [
            [.. Outside(top), .. Steps(input.Height, input.Width * input.Channels), .. Outside(bottom)],
            [.. Outside(left), .. Steps(input.Width, input.Channels), .. Outside(right)],
            Steps(input.Channels, 1),
        ], fill);

        static int[] Outside(int count) => [.. Enumerable.Repeat(-1, count)];
    }

    /// <summary>0, step, 2 * step, …</summary>
    internal static int[] Steps(int count, int step)
    {
        var table = new int[count];
        for (int i = 0; i < count; i++) table[i] = checked(i * step);
        return table;
    }

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        long reach = Axes.Sum(axis => (long)axis.Max());
        return reach < inputs[0].Length && Axes.All(axis => axis.Min() >= -1)
            ? Shape
            : throw new FerException($"A rearrangement that reads value {reach} was given {inputs[0]}.");
    }

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) =>
        OperationCost.OfValues(output.Length, 8) with { Bytes = 2L * sizeof(int) * output.Length };

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new RearrangeKernel<V>(this, setup);
}
