using System.Runtime.InteropServices;
using Fer.Pipeline.Engine;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>
/// A network's parameters on a device: all values in one tensor, in the order of <see cref="ParameterSet"/>, and a view of it for each. So
/// an optimizer is a few operations whatever the number of layers, and a transfer is one.
/// </summary>
internal sealed class TorchWeights : IDisposable
{
    private readonly Dictionary<NetworkParameter, torch.Tensor> _views = [];
    private readonly List<(NetworkParameter Parameter, torch.Tensor View)> _trained = [];
    private readonly ParameterSet _parameters;

    /// <param name="parameters">The parameters; their values are not taken yet.</param>
    /// <param name="device">Where to put them.</param>
    /// <param name="learns">True for weights that get gradients.</param>
    internal TorchWeights(ParameterSet parameters, torch.Device device, bool learns)
    {
        _parameters = parameters;
        using var scope = torch.NewDisposeScope();
        Values = torch.zeros([parameters.Length], torch.float32, device);
        Trainable = Values.narrow(0, 0, parameters.TrainableLength);
        Gradients = learns ? torch.zeros([parameters.TrainableLength], torch.float32, device) : null;
        foreach (var parameter in parameters)
        {
            long[] shape = [.. parameter.Dimensions.Select(d => (long)d)];
            var view = Values.narrow(0, parameter.Offset, parameter.Length).view(shape).detach();
            _views[parameter] = view.DetachFromDisposeScope();
            if (!learns || !parameter.IsTrainable) continue;
            view.requires_grad = true;
            // Backward adds to a gradient that is there, so that all of them lie in one tensor, too.
            view.grad = Gradients!.narrow(0, parameter.Offset, parameter.Length).view(shape);
            _trained.Add((parameter, view));
        }
        Values.DetachFromDisposeScope();
        Trainable.DetachFromDisposeScope();
        Gradients?.DetachFromDisposeScope();
    }

    /// <summary>[all values], the trainable ones first.</summary>
    internal torch.Tensor Values { get; }

    /// <summary>[trainable values], a view of <see cref="Values"/>.</summary>
    internal torch.Tensor Trainable { get; }

    /// <summary>[trainable values], or null for weights that do not learn.</summary>
    internal torch.Tensor? Gradients { get; }

    /// <summary>The view of one parameter, in its own shape.</summary>
    internal torch.Tensor this[NetworkParameter parameter] => _views[parameter];

    /// <summary>Turns gradients off for what is frozen, so that backward stops before it.</summary>
    internal void FollowFactors()
    {
        foreach (var (parameter, view) in _trained)
            if (view.requires_grad != parameter.LearningRateFactor > 0) view.requires_grad = parameter.LearningRateFactor > 0;
    }

    /// <summary>Takes the values of the managed side.</summary>
    internal void Take() => Upload(_parameters.Values, Values);

    /// <summary>Brings the values to the managed side.</summary>
    internal void Give() => Download(Values, _parameters.Values);

    /// <summary>Copies an array into a tensor of its length.</summary>
    internal static void Upload(ReadOnlySpan<float> from, torch.Tensor to)
    {
        using var noGradient = torch.no_grad();
        using var host = torch.empty([from.Length], torch.float32);
        host.bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(from), from.Length));
        to.copy_(host);
    }

    /// <summary>Copies a tensor into an array of its length.</summary>
    internal static void Download(torch.Tensor from, Span<float> to)
    {
        using var noGradient = torch.no_grad();
        using var host = from.cpu();
        MemoryMarshal.Cast<byte, float>(host.bytes).CopyTo(to);
    }

    public void Dispose()
    {
        foreach (var view in _views.Values) view.Dispose();
        Trainable.Dispose();
        Gradients?.Dispose();
        Values.Dispose();
    }
}
