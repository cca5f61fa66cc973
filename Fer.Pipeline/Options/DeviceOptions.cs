using System.CommandLine;
using Fer.Pipeline;
using Fer.Pipeline.Training;
using Fer.Shell;

namespace Fer.Options;

/// <summary>What a command computes on.</summary>
internal sealed class DeviceOptions
{
    private const string Summary =
        "What computes: cpu, the program's own engine; cuda, cuda:N, mps or torch-cpu by TorchSharp and libtorch";

    private readonly Option<string?> _device = Values.Custom<string?>("--device", Summary, TrainingDevices.Cpu, (text, result) =>
    {
        if (TrainingDevices.IsName(text)) return text;
        result.AddError(UsageErrors.Message($"'{text}' is no value of --device.", text, Suggestions));
        return null;
    }, "DEVICE", Suggestions);
    private readonly Option<string?> _library = Values.Text(
        "--torch-lib", "With a device of TorchSharp: the folder of libtorch's native files, where no package has put them", "FOLDER");

    private static string[] Suggestions => ["cpu", "cuda", "cuda:1", "mps", "torch-cpu"];

    /// <summary>The options, for the command's list.</summary>
    internal IEnumerable<Option> All => [_device, _library];

    /// <summary>Their names, for what may stand beside <c>--resume</c>.</summary>
    internal string[] Names => [_device.Name, _library.Name];

    /// <summary>True where the managed engine is meant.</summary>
    internal bool IsCpu(ParseResult result) => Device(result) == TrainingDevices.Cpu;

    /// <summary>The options of a training with the device.</summary>
    /// <param name="result">What was typed.</param>
    /// <param name="host">Where paths start.</param>
    /// <param name="options">The others.</param>
    internal ImageClassificationTrainer.Options Apply(
        ParseResult result, CommandHost host, ImageClassificationTrainer.Options options) =>
        options with { Device = Device(result), TorchLibrary = Library(result, host) };

    /// <summary>Fails where the device is not there, before anything is read.</summary>
    /// <exception cref="FerException">It is not; the message says what to add.</exception>
    internal void Check(ParseResult result, CommandHost host)
    {
        if (!IsCpu(result)) TrainingDevices.Open(Apply(result, host, new ImageClassificationTrainer.Options())).Dispose();
    }

    /// <summary>The device's name.</summary>
    internal string Device(ParseResult result) => result.GetValue(_device) ?? TrainingDevices.Cpu;

    /// <summary>libtorch's folder, or null.</summary>
    internal string? Library(ParseResult result, CommandHost host) =>
        result.GetValue(_library) is { } folder ? host.Resolve(folder) : null;

    /// <summary>
    /// Of a run that is resumed, what was typed now where the device is named, and otherwise what the run began with: a run may go on on
    /// another device.
    /// </summary>
    /// <param name="now">What was typed now.</param>
    /// <param name="then">What the run began with.</param>
    internal ParseResult Of(ParseResult now, ParseResult then) => now.GetResult(_device) is { Implicit: false } ? now : then;
}
