using Fer.Pipeline.Engine;
using Fer.Pipeline.Training;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>An optimizer's state and the average of the weights on a device, and their steps, as the managed side describes them.</summary>
internal sealed class TorchOptimizer : IDisposable
{
    private readonly ParameterSet _parameters;
    private readonly TorchWeights _weights;
    private readonly torch.Device _device;
    private float[] _factorsNow = [];
    private float _decayNow = -1;
    private torch.Tensor[] _state = [];
    private torch.Tensor? _average, _factors, _decay;

    internal TorchOptimizer(ParameterSet parameters, TorchWeights weights, torch.Device device) =>
        (_parameters, _weights, _device) = (parameters, weights, device);

    /// <summary>Takes the state over from the managed side.</summary>
    internal void Take(Optimizer optimizer, ExponentialMovingAverage? average)
    {
        Free();
        var arrays = optimizer.StateOf(_parameters);
        _state = [.. arrays.Select(array => New(array))];
        _average = average is null ? null : New(average.Values);
    }

    /// <summary>Brings it back.</summary>
    internal void Give(Optimizer optimizer, ExponentialMovingAverage? average)
    {
        var arrays = optimizer.StateOf(_parameters);
        for (int i = 0; i < _state.Length; i++) TorchWeights.Download(_state[i], arrays[i]);
        if (average is not null && _average is not null) TorchWeights.Download(_average, average.Values);
    }

    /// <summary>Frozen layers and their learning rates, as they are for the next batch.</summary>
    internal void Prepare(Optimizer optimizer)
    {
        bool same = _decayNow == optimizer.WeightDecay;
        int i = 0;
        foreach (var parameter in _parameters)
        {
            if (!parameter.IsTrainable) continue;
            same = same && i < _factorsNow.Length && _factorsNow[i] == parameter.LearningRateFactor;
            i++;
        }
        if (same) return;
        var trained = _parameters.Where(p => p.IsTrainable).ToList();
        _factorsNow = [.. trained.Select(p => p.LearningRateFactor)];
        _decayNow = optimizer.WeightDecay;
        var factors = new float[_parameters.TrainableLength];
        var decay = new float[_parameters.TrainableLength];
        foreach (var parameter in trained)
        {
            factors.AsSpan(parameter.Offset, parameter.Length).Fill(parameter.LearningRateFactor);
            bool decays = parameter.Kind == ParameterKind.Weight && parameter.LearningRateFactor > 0;
            decay.AsSpan(parameter.Offset, parameter.Length).Fill(decays ? optimizer.WeightDecay : 0);
        }
        _factors?.Dispose();
        _decay?.Dispose();
        _factors = _factorsNow.All(f => f == 1) ? null : New(factors);
        _decay = optimizer.WeightDecay == 0 ? null : New(decay);
        _weights.FollowFactors();
    }

    /// <summary>Steps the weights by their gradients, and the average after them.</summary>
    internal void Step(Optimizer optimizer, ExponentialMovingAverage? average, float rate)
    {
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        switch (optimizer.Begin(_parameters, rate))
        {
            case MomentumStep step: Step(step); break;
            case AdaptiveStep step: Step(step); break;
            case var other: throw new InvalidOperationException($"{other} is not known to a device.");
        }
        if (average is not null) _average!.lerp_(_weights.Values, torch.tensor(average.Advance(), device: _device));
    }

    private void Step(MomentumStep step)
    {
        var (w, g, v) = (_weights.Trainable, _weights.Gradients!, _state[0]);
        if (_decay is not null) g.addcmul_(w, _decay, 1);
        v.mul_(step.Momentum).add_(g);
        var change = step.Nesterov ? g.add(v, step.Momentum) : v;
        if (_factors is not null) change = change.mul(_factors);
        w.add_(change, -step.Rate);
    }

    private void Step(AdaptiveStep step)
    {
        var (w, g, m, v) = (_weights.Trainable, _weights.Gradients!, _state[0], _state[1]);
        if (step.DecayInGradient && _decay is not null) g.addcmul_(w, _decay, 1);
        m.mul_(step.Beta1).add_(g, 1 - step.Beta1);
        v.mul_(step.Beta2).addcmul_(g, g, 1 - step.Beta2);
        if (step.Shrink != 0 && _decay is not null)
            w.mul_((_factors is null ? _decay : _decay.mul(_factors)).mul(-step.Shrink).add_(1));
        var change = m.mul(step.MomentRate);
        if (step.GradientRate != 0) change.add_(g, step.GradientRate);
        if (_factors is not null) change.mul_(_factors);
        w.sub_(change.div_(v.sqrt().mul_(step.RootCorrection).add_(step.Epsilon)));
    }

    private torch.Tensor New(ReadOnlySpan<float> values)
    {
        var tensor = torch.zeros([values.Length], torch.float32, _device);
        TorchWeights.Upload(values, tensor);
        return tensor.DetachFromDisposeScope();
    }

    private void Free()
    {
        foreach (var tensor in _state) tensor.Dispose();
        _average?.Dispose();
        (_state, _average) = ([], null);
    }

    public void Dispose()
    {
        Free();
        _factors?.Dispose();
        _decay?.Dispose();
    }
}
