using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Tests.Networks;

namespace Fer.Tests.Models.Backbones;

public sealed class BackboneStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BackboneStore _store;
    private readonly string _file;

    public BackboneStoreTests()
    {
        _store = new BackboneStore(_folder.File("backbones"));
        _file = Write("colour.onnx", 3);
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string name, int channels)
    {
        var builder = new NetworkBuilder("Picture", new Shape(channels, 20, 20));
        builder.Input.Convolution(6, 3, stride: 2).BatchNormalization().Relu().GlobalAveragePool().Linear(4);
        using var stream = new MemoryStream();
        OnnxWriter.Write(TestNetworks.Randomized(builder.Build(), 1), stream);
        return _folder.Write(name, stream.ToArray());
    }

    private static string Sha256(string file) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));

    [Fact]
    public void An_added_backbone_is_listed_described_and_loaded_by_its_name_in_any_case()
    {
        Assert.Equal(["Resnet18"], _store.Names);
        var entry = _store.Add("My.Net-1", _file, Sha256(_file).ToUpperInvariant());
        Assert.Equal(["My.Net-1", "Resnet18"], _store.Names);
        Assert.Equal(entry, _store.Entry("my.net-1"));
        Assert.Equal(("3x20x20", 6, "imagenet", "colour.onnx"), (entry.Input, entry.Features, entry.Preprocessing, entry.Origin));
        Assert.Equal(6 * 27 + 12 + 28, entry.Parameters);
        File.Delete(_file);
        var backbone = _store.Load("MY.NET-1");
        Assert.Equal(new Shape(1, 48, 48), backbone.Network.Input);
        Assert.Equal(new Shape(6), backbone.Tap.Cut(backbone.Network).Output);
    }

    [Theory]
    [InlineData("imagenet", 3)]
    [InlineData("caffe", 3)]
    [InlineData("symmetric", 1)]
    [InlineData("unit", 1)]
    [InlineData("none", 1)]
    public void Pixels_are_prepared_as_the_convention_says(string name, int means)
    {
        var preprocessing = BackbonePreprocessing.Parse(name);
        Assert.Equal(means, preprocessing.Mean.Count);
        _store.Add("net", _file, preprocessing: preprocessing);
        var network = _store.Load("net").Network;
        var affine = network.Nodes.Select(n => n.Operation).OfType<Affine>().ToArray();
        Assert.Equal(3, affine.Length);
        for (int c = 0; c < 3; c++)
        {
            Assert.Equal(preprocessing.Mean[means == 1 ? 0 : c], affine[c].Mean, 1e-4);
            Assert.Equal(preprocessing.Deviation[preprocessing.Deviation.Count == 1 ? 0 : c], 1 / affine[c].Scale, 1e-3);
        }
    }

    [Fact]
    public void A_grey_network_gets_its_pixels_as_they_are()
    {
        var entry = _store.Add("grey", Write("grey.onnx", 1));
        Assert.Equal("none", entry.Preprocessing);
        Assert.Equal(new Shape(1, 48, 48), _store.Load("grey").Network.Input);
    }

    [Fact]
    public void A_wrong_checksum_name_or_file_is_refused_and_nothing_is_left()
    {
        Assert.Contains(Sha256(_file), Assert.Throws<FerException>(() => _store.Add("net", _file, new string('0', 64))).Message);
        Assert.Throws<FerUsageException>(() => _store.Add("net", _file, "abc"));
        Assert.Throws<FerUsageException>(() => _store.Add("../net", _file));
        Assert.Throws<FerUsageException>(() => _store.Add("", _file));
        Assert.Throws<FerException>(() => _store.Add("net", _folder.Write("broken.onnx", "no network")));
        Assert.Throws<FerException>(() => _store.Add("net", Write("two.onnx", 2)));
        // A published file's checksum is looked at by itself.
        Assert.Contains("1e80e8a7", Assert.Throws<FerException>(() => _store.Add("ResnetV250", Write("resnet50-v2-7.onnx", 3))).Message);
        Assert.Equal(["Resnet18"], _store.Names);
        var missing = Assert.Throws<FerException>(() => _store.Add("MobilenetV2", _folder.File("gone.onnx")));
        Assert.Contains("mobilenetv2-7.onnx", missing.Message);
    }

    [Fact]
    public void An_altered_file_or_description_is_refused()
    {
        _store.Add("net", _file);
        string onnx = Path.Combine(_store.Folder, "net.onnx"), json = Path.Combine(_store.Folder, "net.json");
        byte[] bytes = File.ReadAllBytes(onnx);
        bytes[^1] ^= 1;
        File.WriteAllBytes(onnx, bytes);
        Assert.Contains("checksum", Assert.Throws<FerException>(() => _store.Load("net")).Message);
        foreach (string text in (string[])["", "{}", "null", "[1]", File.ReadAllText(json).Replace("imagenet", "other")])
        {
            File.WriteAllText(json, text);
            Assert.Contains("backbone add", Assert.Throws<FerException>(() => _store.Load("net")).Message);
        }
        Assert.Contains("net", Assert.Throws<FerException>(() => _store.Load("nett")).Message);
    }
}
