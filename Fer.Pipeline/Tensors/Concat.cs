namespace Fer.Pipeline.Tensors;

/// <summary>Joins inputs of the same height and width along the channels.</summary>
public sealed class Concat : Operation
{
    /// <inheritdoc/>
    public override string Kind => "concat";

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs)
    {
        int channels = 0;
        foreach (var input in inputs)
        {
            if (input.Height != inputs[0].Height || input.Width != inputs[0].Width)
                throw new FerException($"Cannot join {inputs[0]} and {input} along the channels.");
            channels += input.Channels;
        }
        return new Shape(channels, inputs[0].Height, inputs[0].Width);
    }
}
