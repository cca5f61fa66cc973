using System.Globalization;
using System.Reflection;

namespace Fer.Pipeline.Training;

/// <summary>The devices by name: <c>cpu</c>, the managed engine, and those of TorchSharp, in an assembly that only they load.</summary>
internal static class TrainingDevices
{
    /// <summary>The managed engine.</summary>
    internal const string Cpu = "cpu";

    /// <summary>What a name may be, for help.</summary>
    internal const string Known = "cpu, cuda, cuda:N, mps or torch-cpu";

    private const string AssemblyName = "Fer.Pipeline.Torch", TypeName = "Fer.Pipeline.Torch.TorchDevices";

    /// <summary>True for a name of a device, whether this machine has it or not.</summary>
    internal static bool IsName(string name) => name is Cpu or "cuda" or "mps" or "torch-cpu"
        || (name.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>Opens a device.</summary>
    /// <param name="options">Which, and the threads of the managed engine.</param>
    /// <exception cref="FerUsageException">There is no device of that name.</exception>
    /// <exception cref="FerException">The machine does not have it, or what it needs is not installed; the message says what to
    /// add.</exception>
    internal static ITrainingDevice Open(ImageClassificationTrainer.Options options)
    {
        string name = options.Device;
        if (!IsName(name)) throw new FerUsageException($"There is no device '{name}'. A device is {Known}.");
        return name == Cpu ? new ManagedDevice(options.Threads, options.Winograd)
            : Torch(name).Open(name, options.TorchLibrary, options.Threads);
    }

    private static ITorchDevices Torch(string name)
    {
        try
        {
            var type = Assembly.Load(AssemblyName).GetType(TypeName, throwOnError: true)!;
            return (ITorchDevices)Activator.CreateInstance(type, nonPublic: true)!;
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException or TypeLoadException)
        {
            throw new FerException($"The device '{name}' needs {AssemblyName}.dll beside the program, which comes with it. " +
                $"Install the program again, or reference the project {AssemblyName} beside Fer.Pipeline.", e);
        }
    }
}

/// <summary>What <c>Fer.Pipeline.Torch</c> gives.</summary>
internal interface ITorchDevices
{
    /// <summary>Opens one of TorchSharp's devices.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="library">The folder of libtorch's native files, or null for where packages put them.</param>
    /// <param name="threads">Threads of <c>torch-cpu</c>; 0 is one a processor.</param>
    /// <exception cref="FerException">The machine does not have it, or the native files are not there.</exception>
    ITrainingDevice Open(string name, string? library, int threads);
}
