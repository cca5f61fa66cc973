using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>A device of TorchSharp.</summary>
internal sealed class TorchDevice : ITrainingDevice
{
    private readonly int _threads;

    /// <param name="place">Where it is.</param>
    /// <param name="threads">Threads of the processor; 0 is one a processor.</param>
    internal TorchDevice(TorchPlace place, int threads) => (Place, _threads) = (place, threads);

    /// <summary>Where it is.</summary>
    internal TorchPlace Place { get; }

    public string Description => Place.Device.type switch
    {
        DeviceType.CPU => FormattableString.Invariant($"torch-cpu with {(_threads > 0 ? _threads : Environment.ProcessorCount)} threads"),
        DeviceType.MPS => "mps",
        _ => FormattableString.Invariant($"cuda:{Place.Device.index}{(Place.Halves ? " in bfloat16" : "")}"),
    };

    public string Dtype => Place.Halves ? "bf16" : "fp32";

    public IDeviceNetwork Load(Network network, int batchSize, ImageClassificationTrainer.Options options) =>
        new TorchNetwork(Place, network, batchSize, options);

    public void Dispose() { }
}
