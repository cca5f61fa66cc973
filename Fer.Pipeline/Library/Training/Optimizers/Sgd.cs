using System.Numerics;
using System.Runtime.InteropServices;

namespace Fer.Pipeline.Training;

/// <summary>
/// Stochastic gradient descent with momentum, optionally Nesterov's, as in PyTorch:
/// g += decay * w; v = momentum * v + g; w -= rate * (nesterov ? g + momentum * v : v).
/// Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).
/// </summary>
internal sealed class Sgd : Optimizer
{
    private readonly float _momentum;
    private readonly bool _nesterov;
    private float[] _velocity = [];
    private float _rate;

    /// <summary>Creates the optimizer.</summary>
    /// <exception cref="FerUsageException"><paramref name="momentum"/> is not in [0, 1), or weight decay is negative.</exception>
    public Sgd(float momentum = 0.9f, bool nesterov = true, float weightDecay = 0f) : base(weightDecay)
    {
        if (!(momentum >= 0 && momentum < 1)) throw new FerUsageException($"Momentum must be at least 0 and below 1, not {momentum}.");
        _momentum = momentum;
        _nesterov = nesterov;
    }

    /// <inheritdoc/>
    protected override float[][] State => _velocity.Length == 0 ? [] : [_velocity];

    /// <inheritdoc/>
    protected override void Allocate(int length) => _velocity = new float[length];

    /// <inheritdoc/>
    protected override void Prepare(float learningRate) => _rate = learningRate;

    /// <inheritdoc/>
    protected override OptimizerStep Current => new MomentumStep(_rate, _momentum, _nesterov);

    /// <inheritdoc/>
    protected override void Update(Span<float> values, ReadOnlySpan<float> gradients, int offset, float decay, float factor)
    {
        var velocity = _velocity.AsSpan(offset, values.Length);
        float momentum = _momentum, rate = _rate * factor;
        // w -= rate * (direct * g + carried * v) covers both variants.
        float direct = _nesterov ? 1f : 0f, carried = _nesterov ? momentum : 1f;
        var w = MemoryMarshal.Cast<float, Vector<float>>(values);
        var g = MemoryMarshal.Cast<float, Vector<float>>(gradients);
        var v = MemoryMarshal.Cast<float, Vector<float>>(velocity);
        for (int i = 0; i < w.Length; i++)
        {
            var slope = g[i] + w[i] * decay;
            var speed = v[i] * momentum + slope;
            v[i] = speed;
            w[i] -= (slope * direct + speed * carried) * rate;
        }
        for (int i = w.Length * Vector<float>.Count; i < values.Length; i++)
        {
            float slope = gradients[i] + values[i] * decay;
            float speed = velocity[i] * momentum + slope;
            velocity[i] = speed;
            values[i] -= (slope * direct + speed * carried) * rate;
        }
    }
}
