using Fer.Pipeline.Models;
using Fer.Tests.Networks;
using Fer.Tests.Networks.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace Fer.Tests.Models;

public class RandomlyNamedNetworkTests
{
    [Fact]
    public void A_network_in_a_file_named_ort_is_read_under_its_next_name()
    {
        using var folder = new TemporaryFolder();
        byte[] network = OnnxRoundTripTests.Bytes(TestNetworks.Classifier());
        var names = new Queue<string>(["a.ort", "b.onn"]);
        using var session = RandomlyNamedNetwork.Read(() => new InferenceSession(folder.Write(names.Dequeue(), network)));
        Assert.Empty(names);
    }

    [Fact]
    public void What_fails_for_another_reason_fails_at_once()
    {
        int tries = 0;
        Assert.Throws<InvalidDataException>(() => RandomlyNamedNetwork.Read<int>(() => throw new InvalidDataException($"{++tries}")));
        Assert.Equal(1, tries);
    }

    [Fact]
    public void Nobody_tries_for_ever()
    {
        int tries = 0;
        Assert.Throws<InvalidOperationException>(() => RandomlyNamedNetwork.Read<int>(() =>
        {
            tries++;
            throw new InvalidOperationException("Error", new InvalidOperationException(RandomlyNamedNetwork.Refusal));
        }));
        Assert.Equal(3, tries);
    }
}
