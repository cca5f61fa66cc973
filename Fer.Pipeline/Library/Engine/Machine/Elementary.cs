namespace Fer.Pipeline.Engine;

/// <summary>The function that <see cref="Elementary"/> applies to each value.</summary>
internal enum ElementaryFunction
{
    /// <summary>e to the power of x.</summary>
    Exp,
    /// <summary>Natural logarithm.</summary>
    Log,
    /// <summary>Square root.</summary>
    Sqrt,
    /// <summary>|x|.</summary>
    Abs,
    /// <summary>1 / x.</summary>
    Reciprocal,
    /// <summary>log(1 + e^x).</summary>
    Softplus,
    /// <summary>x / (1 + |x|).</summary>
    Softsign,
    /// <summary>The error function.</summary>
    Erf,
    /// <summary>The nearest whole number, ties to even.</summary>
    Round,
    /// <summary>The whole number below.</summary>
    Floor,
    /// <summary>The whole number above.</summary>
    Ceil,
}

/// <summary>Applies an elementary function to each value, for graphs that spell out what other operations do in one step.</summary>
internal sealed class Elementary(ElementaryFunction function) : Operation
{
    /// <summary>The function to apply.</summary>
    public ElementaryFunction Function { get; } = function;

    /// <inheritdoc/>
    public override string Kind => Function.ToString().ToLowerInvariant();

    /// <inheritdoc/>
    public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    internal override OperationCost Cost(ReadOnlySpan<Shape> inputs, Shape output) => OperationCost.OfValues(output.Length, 32);

    internal override Kernel CreateKernel<V>(KernelSetup setup) => new ElementaryKernel(Function, setup);
    internal override bool GradientReadsInputs => true;
}

internal sealed unsafe class ElementaryKernel(ElementaryFunction function, KernelSetup setup) : Kernel(setup)
{
    private readonly delegate*<float, float> _curve = function switch
    {
        ElementaryFunction.Exp => &MathF.Exp,
        ElementaryFunction.Log => &MathF.Log,
        ElementaryFunction.Sqrt => &MathF.Sqrt,
        ElementaryFunction.Abs => &MathF.Abs,
        ElementaryFunction.Reciprocal => &Reciprocal,
        ElementaryFunction.Softplus => &Softplus,
        ElementaryFunction.Softsign => &Softsign,
        ElementaryFunction.Erf => &Erf,
        ElementaryFunction.Round => &MathF.Round,
        ElementaryFunction.Floor => &MathF.Floor,
        _ => &MathF.Ceiling,
    };

    private readonly delegate*<float, float> _slope = function switch
    {
        ElementaryFunction.Exp => &MathF.Exp,
        ElementaryFunction.Log => &Reciprocal,
        ElementaryFunction.Sqrt => &SqrtSlope,
        ElementaryFunction.Abs => &Sign,
        ElementaryFunction.Reciprocal => &ReciprocalSlope,
        ElementaryFunction.Softplus => &Logistic,
        ElementaryFunction.Softsign => &SoftsignSlope,
        ElementaryFunction.Erf => &ErfSlope,
        // Rounding passes the gradient on (Bengio et al., arXiv 1308.3432): its own is 0, and a quantised network could not be trained.
        ElementaryFunction.Round => &One,
        _ => &Zero,
    };

    protected override void Forward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ElementaryKernel)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        for (long i = start; i < end; i++) k.Output[i] = k._curve(k.Inputs[0][i]);
    });

    internal override void Backward() => Pool.Run(this, static (state, thread) =>
    {
        var k = (ElementaryKernel)state;
        var (start, end) = k.Part((long)k.Count * k.OutputShape.Length, thread);
        for (long i = start; i < end; i++)
        {
            float gradient = k.OutputGradient[i] * k._slope(k.Inputs[0][i]);
            k.InputGradients[0][i] = k.Accumulate[0] ? k.InputGradients[0][i] + gradient : gradient;
        }
    });

    private static float Reciprocal(float x) => 1 / x;
    private static float ReciprocalSlope(float x) => -1 / (x * x);
    private static float SqrtSlope(float x) => 0.5f / MathF.Sqrt(x);
    private static float Sign(float x) => x > 0 ? 1 : x < 0 ? -1 : 0;
    private static float Logistic(float x) => 1 / (1 + MathF.Exp(-x));
    private static float Softplus(float x) => MathF.Max(x, 0) + MathF.Log(1 + MathF.Exp(-MathF.Abs(x)));
    private static float Softsign(float x) => x / (1 + MathF.Abs(x));
    private static float SoftsignSlope(float x) => 1 / ((1 + MathF.Abs(x)) * (1 + MathF.Abs(x)));
    private static float ErfSlope(float x) => 1.12837917f * MathF.Exp(-x * x);
    private static float One(float x) => 1;
    private static float Zero(float x) => 0;

    /// <summary>
    /// To seven digits: Taylor's series near 0; elsewhere the Chebyshev fit of the complement (Press et al., Numerical Recipes, 6.2).
    /// </summary>
    private static float Erf(float x)
    {
        double z = Math.Abs((double)x), square = z * z;
        if (z < 0.5)
            return (float)(1.1283791670955126 * x * (1 - square * (1.0 / 3 - square * (1.0 / 10 - square * (1.0 / 42 - square * (1.0 / 216
                - square * (1.0 / 1320 - square / 9360)))))));
        double t = 1 / (1 + z / 2);
        double complement = t * Math.Exp(-square - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806
            + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277)))))))));
        return (float)Math.CopySign(1 - complement, x);
    }
}
