using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using static Fer.Pipeline.Networks.OnnxAttributes;

namespace Fer.Tests.Networks.Onnx;

/// <summary>The forms in which users' files come: other layouts, open sizes, labels, weights beside the file, and no ONNX at all.</summary>
public class ForeignFormsTests
{
    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5\n", "a Git LFS pointer")]
    [InlineData("\n<!DOCTYPE html><html><body>404</body>", "a web page")]
    [InlineData("<HTML>", "a web page")]
    [InlineData("PK\u0003\u0004....", "a zip archive")]
    [InlineData("....TFL3....", "a TensorFlow Lite model")]
    [InlineData("{\"message\": \"Not Found\"}", "a JSON file")]
    public void What_is_no_model_is_called_what_it_is(string text, string kind)
    {
        var e = Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream([.. text.Select(c => (byte)c)]), "m.onnx"));
        Assert.StartsWith($"m.onnx: is {kind}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("operators and versions", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_grey_picture_with_channels_last_has_one_channel()
    {
        byte[] file = Keras();
        var network = OnnxReader.Read(new MemoryStream(file));
        Assert.Equal(new Shape(1, 48, 48), network.Input);
        using var folder = new TemporaryFolder();
        Assert.Equal(new Shape(1, 48, 48), Backbone.Load(folder.Write("keras.onnx", file)).Network.Input);
    }

    [Theory]
    [InlineData(1, 3, 0, 0)]
    [InlineData(0, 1, -1, -1)]
    [InlineData(-1, -1, -1, 3)]
    public void Open_sizes_are_bound_by_the_given_side(int n, int second, int third, int fourth)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("open.onnx", Classifier(n, second, third, fourth));
        Assert.EndsWith("--resize-to.", Assert.Throws<FerException>(() => Backbone.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal(32, OnnxReader.Read(path, null, side: 32).Input.Height);
        Assert.Equal(new Shape(1, 48, 48), Backbone.Load(path, resizeTo: 32).Network.Input);
        var store = new BackboneStore(folder.File("store"));
        Assert.Equal(32, store.Add("open", path, resizeTo: 32).ResizeTo);
        Assert.NotNull(store.Load("open"));
    }

    [Fact]
    public void A_label_beside_the_probabilities_is_left_out()
    {
        var graph = new TestGraph().Input("x", 1, 1, 48, 48).Node("GlobalAveragePool", "f", "x").Node("Flatten", "v", "f")
            .Weights("w", 1, 7).Node("MatMul", "l", "v w").Node("Softmax", "p", "l").Node("ArgMax", "label", "p", Int("axis", 1))
            .Output("label", TensorProto.Types.DataType.Int64).Output("p");
        var network = OnnxReader.Read(new MemoryStream(graph.Bytes()));
        Assert.Equal("p", Assert.Single(network.Outputs).Name);
        // A label alone is no network.
        graph.Model.Graph.Output.RemoveAt(1);
        Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(graph.Bytes())));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(7)]
    public void Batch_normalisation_that_gives_statistics_is_one_in_training(int operatorSet)
    {
        var graph = new TestGraph(operatorSet).Input("x", 1, 2, 4, 4);
        foreach (string name in (string[])["s", "b", "m", "v"]) graph.Floats(name, [2], 1, 2);
        graph.Node("BatchNormalization", "y mean var", "x s b m v").Output("y");
        Assert.Contains("as in training", Assert.Throws<FerException>(() => OnnxReader.Read(new MemoryStream(graph.Bytes()))).Message,
            StringComparison.Ordinal);
        graph.Model.Graph.Node[0].Output.RemoveAt(2);
        graph.Model.Graph.Node[0].Output.RemoveAt(1);
        Assert.NotNull(OnnxReader.Read(new MemoryStream(graph.Bytes())));
    }

    [Fact]
    public void Weights_beside_the_file_are_found_however_it_is_read_and_come_along_into_the_store()
    {
        using var folder = new TemporaryFolder();
        string path = External(folder, "weights.bin");
        using (var stream = File.OpenRead(path)) Assert.NotNull(OnnxReader.Read(stream, path));
        Assert.NotNull(Backbone.Load(path));
        var store = new BackboneStore(folder.File("store"));
        store.Add("beside", path);
        File.Delete(folder.File("weights.bin"));
        Assert.Equal(new Shape(1, 48, 48), store.Load("beside").Network.Input);
        Assert.Contains("weights.bin", Assert.Throws<FerException>(() => Backbone.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("../weights.bin")]
    [InlineData("\u001b[31m.bin")]
    public void A_place_for_weights_outside_the_folder_is_refused(string location)
    {
        using var folder = new TemporaryFolder();
        string path = External(folder, location);
        string message = Assert.Throws<FerException>(() => OnnxReader.Read(path)).Message;
        Assert.Contains("which is not a file of the model's own folder", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', message);
    }

    [Fact]
    public void Weights_in_a_pipe_are_refused_instead_of_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        using var folder = new TemporaryFolder();
        string path = External(folder, "weights.bin");
        File.Delete(folder.File("weights.bin"));
        using (var process = System.Diagnostics.Process.Start("mkfifo", folder.File("weights.bin"))) process.WaitForExit();
        Assert.Contains("no regular file", Assert.Throws<FerException>(() => OnnxReader.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_bytes_for_many_tensors_are_counted_each_time()
    {
        using var folder = new TemporaryFolder();
        string path = External(folder, "weights.bin");
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        for (int i = 0; i < 50; i++)
        {
            var copy = model.Graph.Initializer[0].Clone();
            copy.Name += i;
            model.Graph.Initializer.Add(copy);
        }
        using (var file = new FileStream(folder.File("weights.bin"), FileMode.Open)) file.SetLength(1 << 20);
        folder.Write("model.onnx", Google.Protobuf.MessageExtensions.ToByteArray(model));
        Assert.Contains("all together are too many", Assert.Throws<FerException>(() => OnnxReader.Read(path,
            new OnnxReadLimits { MaxMemoryBytes = 8 << 20 })).Message, StringComparison.Ordinal);
    }

    private static string External(TemporaryFolder folder, string location)
    {
        var model = ModelProto.Parser.ParseFrom(Keras());
        var tensor = model.Graph.Initializer.Single(t => t.Name == "w");
        folder.Write("weights.bin", tensor.RawData.ToByteArray());
        tensor.RawData = Google.Protobuf.ByteString.Empty;
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        return folder.Write("model.onnx", Google.Protobuf.MessageExtensions.ToByteArray(model));
    }

    /// <summary>As tf2onnx writes Keras' networks: channels last, moved to the front by a transpose.</summary>
    private static byte[] Keras() => Classified(new TestGraph().Input("x", -1, 48, 48, 1)
        .Node("Transpose", "t", "x", Ints("perm", 0, 3, 1, 2)), "t", 1).Bytes();

    private static byte[] Classifier(long n, long second, long third, long fourth)
    {
        var graph = new TestGraph().Input("x", n, second, third, fourth);
        if (second > 0) return Classified(graph, "x", (int)second).Bytes();
        return Classified(graph.Node("Transpose", "t", "x", Ints("perm", 0, 3, 1, 2)), "t", (int)fourth).Bytes();
    }

    private static TestGraph Classified(TestGraph graph, string x, int channels) => graph.Weights("w", 8, channels, 3, 3)
        .Node("Conv", "c", $"{x} w").Node("GlobalAveragePool", "f", "c").Node("Flatten", "v", "f").Weights("h", 8, 7)
        .Node("MatMul", "y", "v h")
        .Output("y");
}
