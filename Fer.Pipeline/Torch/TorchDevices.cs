using System.Globalization;
using Fer.Pipeline.Training;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>TorchSharp's devices, opened by name.</summary>
internal sealed class TorchDevices : ITorchDevices
{
    private const string CudaNeeds = "Look with 'nvidia-smi': it has to list the card, and a driver for CUDA 12.8 or later.";

    /// <inheritdoc/>
    public ITrainingDevice Open(string name, string? library, int threads)
    {
        var kind = name switch { "torch-cpu" => DeviceType.CPU, "mps" => DeviceType.MPS, _ => DeviceType.CUDA };
        TorchLibrary.Load(kind, library);
        if (kind == DeviceType.CPU)
        {
            torch.set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
            return new TorchDevice(new TorchPlace(torch.CPU), threads);
        }
        if (kind == DeviceType.MPS)
        {
            if (!torch.mps_is_available())
                throw new FerException("There is no device 'mps' here: it is the graphics processor of a Mac with Apple's chip.");
            return new TorchDevice(new TorchPlace(new torch.Device(DeviceType.MPS, 0)), threads);
        }
        int index = name.Length > 5 ? int.Parse(name.AsSpan(5), CultureInfo.InvariantCulture) : 0;
        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (count == 0) throw new FerException($"libtorch finds no graphics card for '{name}'. {CudaNeeds}");
        if (index >= count)
        {
            string known = count > 1 ? $"{count}, cuda:0 to cuda:{count - 1}" : "one, cuda:0";
            throw new FerException($"There is no device '{name}': this machine has {known}.");
        }
        var card = new torch.Device(DeviceType.CUDA, index);
        return new TorchDevice(new TorchPlace(card, NvidiaCards.HaveBFloat16(index), ChannelsLast: true), threads);
    }
}
