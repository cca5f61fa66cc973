using System.Text.Json;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Fer.Shell;
using Fer.Tests.Models;
using Fer.Tests.Networks;
using Fer.Tests.Networks.Onnx;
using Google.Protobuf;

namespace Fer.Tests.Commands;

public sealed class OnnxCommandsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = _folder.Path };
        int code = await CommandLineProgram.RunAsync(arguments, host, Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task A_model_is_shown_layer_by_layer()
    {
        var network = TestNetworks.Classifier();
        _folder.Write("model.onnx", OnnxRoundTripTests.Bytes(network));
        var (code, output, _) = await Run("onnx", "model.onnx");
        Assert.Equal(ExitCode.Done, code);
        foreach (var node in network.Nodes) Assert.Contains(node.Name, output);
        Assert.Contains("operator set 17", output);
        Assert.Contains("16x20x20", output);

        (code, output, _) = await Run("onnx", "model.onnx", "--json");
        Assert.Equal(ExitCode.Done, code);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal(network.Nodes.Count, json.GetProperty("layers").GetArrayLength());
        Assert.Equal(network.Parameters.TrainableLength, json.GetProperty("trained").GetInt32());
        Assert.Equal(network.MultiplyAccumulates, json.GetProperty("multiplyAccumulates").GetInt64());
    }

    [Fact]
    public async Task A_model_is_timed_under_its_file_name()
    {
        _folder.Write("model.onnx", OnnxRoundTripTests.Bytes(TestNetworks.Classifier()));
        var (code, output, error) = await Run(
            "bench", "--onnx", "model.onnx", "--batch", "2", "--iterations", "2", "--warm-up", "0", "--json", "--layers");
        Assert.Equal(ExitCode.Done, code);
        var figure = JsonDocument.Parse(output).RootElement;
        Assert.Equal("model.onnx", figure.GetProperty("net").GetString());
        Assert.Equal("infer", figure.GetProperty("mode").GetString());
        Assert.True(figure.GetProperty("images_per_second").GetDouble() > 0);
        Assert.Contains("linear1", error);
    }

    [Theory]
    [InlineData("--modes", "train", "inference alone")]
    [InlineData("--nets", "vgg40", "cannot go together")]
    public async Task What_does_not_go_with_a_model_is_refused(string option, string value, string message)
    {
        _folder.Write("model.onnx", OnnxRoundTripTests.Bytes(TestNetworks.Classifier()));
        var (code, output, error) = await Run("bench", "--onnx", "model.onnx", option, value);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains(message, error);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Missing_operators_are_all_listed()
    {
        var model = OnnxWriter.Model(TestNetworks.Classifier(), new OnnxWriteOptions());
        model.Graph.Node[3].OpType = "NonZero";
        model.Graph.Node[^1].OpType = "Einsum";
        _folder.Write("model.onnx", model.ToByteArray());
        var (code, output, _) = await Run("onnx", "model.onnx");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("NonZero in node 'bn1'", output);
        Assert.Contains("Einsum in node 'linear1'", output);
    }

    [Fact]
    public async Task What_is_no_model_is_an_error()
    {
        _folder.Write("text.onnx", "emotion,pixels");
        var (code, _, error) = await Run("onnx", "text.onnx");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("ONNX model", error);
        (code, _, error) = await Run("onnx", "absent.onnx");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("cannot be read", error);
    }

    [Theory]
    [InlineData("11")]
    [InlineData("22")]
    public async Task Export_writes_a_network_that_reads_back_with_the_same_weights(string opset)
    {
        using var models = new TestModels();
        File.Copy(models.Save(), _folder.File("model.zip"));
        var (code, output, error) = await Run("export", "--model", "model.zip", "--output", "out.onnx", "--opset", opset);
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains($"operator set {opset}", output);
        Assert.Equal(
            long.Parse(opset), ModelProto.Parser.ParseFrom(File.ReadAllBytes(_folder.File("out.onnx"))).OpsetImport.Single().Version);
        TestNetworks.AssertSame(ModelZip.Load(_folder.File("model.zip")).Network, OnnxReader.Read(_folder.File("out.onnx")));
    }

    [Fact]
    public async Task Export_writes_a_zip_of_the_first_version_again_with_all_it_says()
    {
        using var models = new TestModels();
        File.Copy(models.FirstVersion(), _folder.File("old.zip"));
        var (code, output, error) = await Run("export", "--model", "old.zip", "--output", "new.zip");
        Assert.True(code == ExitCode.Done, error);
        Assert.Contains("new.zip: Tiny, a model zip of version 2", output);
        var (network, manifest, metrics) = ModelZip.Load(_folder.File("old.zip"));
        var made = ModelZip.Load(_folder.File("new.zip"));
        TestNetworks.AssertSame(network, made.Network);
        Assert.Equal(metrics, made.MetricsJson);
        Assert.Equivalent(manifest with { FormatVersion = 2, Sha256 = made.Manifest.Sha256 }, made.Manifest, strict: true);
    }

    [Fact]
    public async Task An_operator_set_for_a_zip_is_wrong_usage()
    {
        using var models = new TestModels();
        File.Copy(models.FirstVersion(), _folder.File("model.zip"));
        var (code, _, error) = await Run("export", "--model", "model.zip", "--output", "new.zip", "--opset", "13");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("--opset", error);
    }

    [Fact]
    public async Task An_operator_set_out_of_range_is_wrong_usage()
    {
        var (code, _, error) = await Run("export", "--model", "model.zip", "--output", "out.onnx", "--opset", "5");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("11", error);
    }
}
