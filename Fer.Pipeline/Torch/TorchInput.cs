using System.Runtime.InteropServices;
using Fer.Pipeline.Engine;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>
/// A batch on its way to a device: memory of the host that a card may read by itself, pinned, and a tensor on the device. The copy runs
/// beside what the card still computes.
/// </summary>
internal sealed class TorchInput : IDisposable
{
    private readonly Shape _shape;
    private readonly torch.Tensor _host, _device;

    /// <param name="shape">Shape of one example.</param>
    /// <param name="batchSize">Most examples.</param>
    /// <param name="device">Where they go.</param>
    internal TorchInput(Shape shape, int batchSize, torch.Device device)
    {
        _shape = shape;
        var host = torch.zeros([batchSize, shape.Height, shape.Width, shape.Channels], torch.float32);
        if (device.type == DeviceType.CUDA)
        {
            _host = host.pin_memory().DetachFromDisposeScope();
            host.Dispose();
            _device = torch.zeros([batchSize, shape.Height, shape.Width, shape.Channels], torch.float32, device).DetachFromDisposeScope();
        }
        else
        {
            _host = host.DetachFromDisposeScope();
            _device = device.type == DeviceType.CPU ? _host
                : torch.zeros([batchSize, shape.Height, shape.Width, shape.Channels], torch.float32, device).DetachFromDisposeScope();
        }
    }

    /// <summary>Puts examples onto the device: [count, channels, height, width], a view that the next call overwrites.</summary>
    /// <param name="values">[count, height, width, channels].</param>
    /// <param name="count">Examples.</param>
    internal torch.Tensor Load(ReadOnlySpan<float> values, int count)
    {
        MemoryMarshal.AsBytes(values).CopyTo(_host.bytes);
        if (!ReferenceEquals(_host, _device)) _device.narrow(0, 0, count).copy_(_host.narrow(0, 0, count), nonBlocking: true);
        var batch = _device.narrow(0, 0, count);
        // With one channel, or one pixel, both orders are the same.
        return _shape.Channels == 1 ? batch.view(count, 1, _shape.Height, _shape.Width) : batch.permute(0, 3, 1, 2);
    }

    public void Dispose()
    {
        _host.Dispose();
        _device.Dispose();
    }
}
