using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>Where tensors lie, and how they are best laid out there.</summary>
/// <param name="Device">The device.</param>
/// <param name="Halves">True to compute convolutions in bfloat16; the weights stay in 32 bits.</param>
/// <param name="ChannelsLast">True where convolutions are fastest with the channels innermost, as on cards of Nvidia's.</param>
internal sealed record TorchPlace(torch.Device Device, bool Halves = false, bool ChannelsLast = false);
