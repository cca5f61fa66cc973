using System.Numerics;
using System.Runtime.InteropServices;

namespace Fer.Pipeline.Training;

/// <summary>
/// Base of Adam and its variants: running means m of the gradient and v of its square, and a step of
/// w -= (a * g + b * m) / (sqrt(v / (1 - beta2^t)) + epsilon), where a and b differ between the variants.
/// </summary>
internal abstract class AdaptiveOptimizer : Optimizer
{
    private readonly float _beta1, _beta2, _epsilon;
    private float[] _mean = [], _square = [];
    private float _gradientRate, _momentRate, _shrink, _rootCorrection;
    private bool _decayInGradient;

    /// <summary>Checks and stores the settings.</summary>
    /// <exception cref="FerUsageException">A value is out of its range.</exception>
    private protected AdaptiveOptimizer(float beta1, float beta2, float epsilon, float weightDecay) : base(weightDecay)
    {
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1))
            throw new FerUsageException($"Betas must be at least 0 and below 1, not {beta1} and {beta2}.");
        if (!(epsilon > 0)) throw new FerUsageException($"Epsilon must be above 0, not {epsilon}.");
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
    }

    /// <summary>Decay of the running mean of the gradient.</summary>
    protected double Beta1 => _beta1;

    /// <inheritdoc/>
    protected sealed override float[][] State => _mean.Length == 0 ? [] : [_mean, _square];

    /// <inheritdoc/>
    protected sealed override void Allocate(int length)
    {
        _mean = new float[length];
        _square = new float[length];
    }

    /// <summary>
    /// Sets the coefficients of this step: a and b of the formula above, the rate of decoupled weight decay, and where the decay is
    /// applied.
    /// </summary>
    private protected void SetRates(double gradient, double moment, double shrink, bool decayInGradient)
    {
        _gradientRate = (float)gradient;
        _momentRate = (float)moment;
        _shrink = (float)shrink;
        _decayInGradient = decayInGradient;
        _rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(_beta2, Steps)));
    }

    /// <inheritdoc/>
    protected sealed override OptimizerStep Current =>
        new AdaptiveStep(_beta1, _beta2, _epsilon, _gradientRate, _momentRate, _shrink, _decayInGradient, _rootCorrection);

    /// <inheritdoc/>
    protected sealed override void Update(Span<float> values, ReadOnlySpan<float> gradients, int offset, float decay, float factor)
    {
        var mean = _mean.AsSpan(offset, values.Length);
        var square = _square.AsSpan(offset, values.Length);
        float beta1 = _beta1, beta2 = _beta2, rest1 = 1 - _beta1, rest2 = 1 - _beta2;
        float a = _gradientRate * factor, b = _momentRate * factor, correction = _rootCorrection, epsilon = _epsilon;
        float added = _decayInGradient ? decay : 0f, kept = 1f - _shrink * decay * factor;
        var w = MemoryMarshal.Cast<float, Vector<float>>(values);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var m = MemoryMarshal.Cast<float, Vector<float>>(mean);
        var v = MemoryMarshal.Cast<float, Vector<float>>(square);
        var bottom = new Vector<float>(epsilon);
        for (int i = 0; i < w.Length; i++)
        {
            var slope = g[i] + w[i] * added;
            var first = m[i] * beta1 + slope * rest1;
            var second = v[i] * beta2 + slope * slope * rest2;
            m[i] = first;
            v[i] = second;
            w[i] = w[i] * kept - (slope * a + first * b) / (Vector.SquareRoot(second) * correction + bottom);
        }
        for (int i = w.Length * Vector<float>.Count; i < values.Length; i++)
        {
            float slope = gradients[i] + values[i] * added;
            float first = mean[i] * beta1 + slope * rest1;
            float second = square[i] * beta2 + slope * slope * rest2;
            mean[i] = first;
            square[i] = second;
            values[i] = values[i] * kept - (slope * a + first * b) / (MathF.Sqrt(second) * correction + epsilon);
        }
    }
}
