namespace Fer.Pipeline.Engine;

/// <summary>
/// Values that are the same for every example and are not trained: a tensor that other layers add, multiply or concatenate.
/// </summary>
internal sealed class Constant : Operation
{
    /// <summary>Creates a constant with the shape of one example; its values are zero until <see cref="Value"/> is filled.</summary>
    public Constant(Shape shape)
    {
        Shape = shape;
        Value = new NetworkParameter(ParameterKind.Constant, Initializer.HeNormal, shape.Channels, shape.Height, shape.Width);
    }

    /// <inheritdoc/>
    public override string Kind => "constant";

    /// <summary>Shape of one example.</summary>
    public Shape Shape { get; }

    /// <summary>[channels, height, width].</summary>
    public NetworkParameter Value { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, NetworkParameter Parameter)> Parameters => [("value", Value)];

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => Shape;

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ConstantKernel(this, setup);
}

internal sealed unsafe class ConstantKernel(Constant constant, KernelSetup setup) : Kernel(setup)
{
    protected override void Forward()
    {
        var values = constant.Value.Values;
        var (channels, area, length) = (OutputShape.Channels, OutputShape.Area, OutputShape.Length);
        for (int c = 0; c < channels; c++)
            for (int place = 0; place < area; place++) Output[place * channels + c] = values[c * area + place];
        for (int example = 1; example < Count; example++) Loops.Copy(Output, Output + (long)example * length, length);
    }

    internal override void Backward() { }
}
