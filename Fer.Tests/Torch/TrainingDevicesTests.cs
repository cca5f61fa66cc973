using Fer.Pipeline;
using Fer.Pipeline.Torch;
using Fer.Pipeline.Training;

namespace Fer.Tests.Torch;

/// <summary>Devices by name, and what is said where one is not there.</summary>
[Collection(Libtorch.Collection)]
public class TrainingDevicesTests
{
    [Theory]
    [InlineData("cpu", true)]
    [InlineData("cuda", true)]
    [InlineData("cuda:3", true)]
    [InlineData("cuda:", false)]
    [InlineData("cuda:-1", false)]
    [InlineData("gpu", false)]
    [InlineData("torch-cpu", true)]
    [InlineData("mps", true)]
    public void Names_are_known(string name, bool known) => Assert.Equal(known, TrainingDevices.IsName(name));

    [Fact]
    public void An_unknown_device_is_refused_with_those_that_there_are()
    {
        var fault = Assert.Throws<FerUsageException>(() => TrainingDevices.Open(new() { Device = "gpu" }));
        Assert.Equal("There is no device 'gpu'. A device is cpu, cuda, cuda:N, mps or torch-cpu.", fault.Message);
    }

    [Fact]
    public void Without_libtorch_the_message_says_what_to_add()
    {
        Assert.SkipWhen(Libtorch.Folder is not null, "libtorch is here.");
        var fault = Assert.Throws<FerException>(() => TrainingDevices.Open(new() { Device = "cuda" }));
        Assert.Contains("libtorch-cuda-12.8-", fault.Message);
        Assert.Contains("--torch-lib", fault.Message);
        Assert.Contains("nvidia-smi", fault.Message);
        fault = Assert.Throws<FerException>(() => TrainingDevices.Open(new() { Device = "torch-cpu" }));
        Assert.Contains("libtorch-cpu 2.10.0", fault.Message);
    }

    [Fact]
    public void A_folder_without_libtorch_is_named()
    {
        using var folder = new TemporaryFolder();
        string missing = Path.Combine(folder.Path, "none");
        Assert.StartsWith($"{missing}: there is no such folder.", Fault("torch-cpu", missing));
        Assert.StartsWith($"{folder.Path}: no ", Fault("torch-cpu", folder.Path));
        if (Libtorch.Folder is { } library) Assert.Contains("without libtorch_cuda.so", Fault("cuda", library));

        static string Fault(string name, string library) =>
            Assert.Throws<FerException>(() => TrainingDevices.Open(new() { Device = name, TorchLibrary = library })).Message;
    }

    [Theory]
    [InlineData("9.0\n", true)]
    [InlineData("8.6", true)]
    [InlineData("7.5", false)]
    [InlineData("[N/A]", false)]
    public void Cards_from_Ampere_on_compute_in_bfloat16(string capability, bool has) =>
        Assert.Equal(has, NvidiaCards.IsBFloat16(capability));
}
