using Fer.Pipeline;
using Fer.Pipeline.Torch;
using Fer.Pipeline.Training;

namespace Fer.Tests.Torch;

/// <summary>
/// libtorch for the tests: in the folder that <see cref="Variable"/> names. They are skipped where it is not there or does not load.
/// </summary>
internal static class Libtorch
{
    /// <summary>Tests that use it run one after the other: its random numbers are the process's.</summary>
    internal const string Collection = "libtorch";

    /// <summary>The environment variable with libtorch's folder.</summary>
    internal const string Variable = "FER_TORCH_LIB";

    private static readonly Lazy<(ITrainingDevice? Device, string? Reason)> Opened = new(() =>
    {
        if (Folder is null)
            return (null, $"{Variable} names no folder of libtorch; .ci/run gives one in a Debian 13 root.");
        try
        {
            return (new TorchDevices().Open("torch-cpu", Folder, 2), null);
        }
        catch (FerException e)
        {
            return (null, e.Message);
        }
    });

    internal static string? Folder { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    /// <summary>The device; the test that asks is skipped where there is none.</summary>
    internal static TorchDevice Device()
    {
        Assert.SkipWhen(Opened.Value.Device is null, Opened.Value.Reason ?? "");
        return (TorchDevice)Opened.Value.Device!;
    }

    /// <summary>Options of a training on libtorch, or on the managed engine.</summary>
    internal static ImageClassificationTrainer.Options On(ImageClassificationTrainer.Options options, bool torch)
    {
        Device();
        return torch ? options with { Device = "torch-cpu", TorchLibrary = Folder, Threads = 2 } : options with { Threads = 2 };
    }
}
