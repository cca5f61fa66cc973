using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks;

public class NetworkCopyTests
{
    [Fact]
    public void A_clone_is_the_same_network_bit_for_bit()
    {
        var network = TestNetworks.EveryOperation();
        TestNetworks.AssertSame(network, NetworkCopy.Clone(network));
    }

    [Fact]
    public void A_clone_shares_no_parameter_with_its_original()
    {
        var network = TestNetworks.Classifier();
        var clone = NetworkCopy.Clone(network);
        float before = network.Parameters[0].Values[0];
        clone.Parameters[0].Values[0] = before + 1;
        Assert.Equal(before, network.Parameters[0].Values[0]);
    }
}
