namespace Fer.Pipeline.Networks;

/// <summary>How much of <see cref="OnnxReadLimits"/> remains while a file is read.</summary>
internal sealed class OnnxBudget(OnnxReadLimits limits)
{
    private long _activations, _parameters;

    /// <exception cref="OnnxFormatException">The values of all layers together exceed the limit.</exception>
    internal void TakeActivations(long values, string shape)
    {
        if ((_activations += values) > limits.MaxActivations) throw new OnnxFormatException($"needs too much memory at the shape {shape}");
    }

    /// <exception cref="OnnxFormatException">All parameters together exceed the limit.</exception>
    internal void TakeParameters(long values)
    {
        if ((_parameters += values * sizeof(float)) > limits.MaxParameterBytes)
            throw new OnnxFormatException($"needs more than {limits.MaxParameterBytes:N0} bytes of parameters");
    }
}
