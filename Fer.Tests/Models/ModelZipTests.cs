using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Tests.Networks;

namespace Fer.Tests.Models;

public sealed class ModelZipTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_saved_model_comes_back_the_same()
    {
        var network = InferenceGraph.Create(TestNetworks.Classifier(), new LogitCalibration(1.5, [0, 0.1, 0, -0.1, 0, 0, 0]));
        var written = ModelZip.Save(_models.Path("m.zip"), network, TestModels.Manifest(), TestModels.Metrics);
        var (read, manifest, metrics) = ModelZip.Load(_models.Path("m.zip"));
        TestNetworks.AssertSame(network, read);
        Assert.Equal(TestModels.Metrics, metrics);
        Assert.Equivalent(written, manifest, strict: true);
        Assert.Equal([.. MlNetChain.SmallEntries.Append("metrics.json").Append("model.onnx").Order(StringComparer.Ordinal)],
            manifest.Sha256.Keys);
    }

    [Fact]
    public void A_model_that_could_not_be_read_again_is_not_written()
    {
        // More layers than a file may have.
        var builder = new NetworkBuilder("Deep", new Shape(1, 48, 48));
        var layer = builder.Input.GlobalAveragePool();
        for (int i = 0; i < 4100; i++) layer = layer.Affine(0, 1);
        layer.Linear(7).Softmax();
        var e = Assert.Throws<FerException>(
            () => ModelZip.Save(_models.Path("deep.zip"), builder.Build(), TestModels.Manifest(), TestModels.Metrics));
        Assert.Contains("deep.zip: not written", e.Message);
        Assert.False(File.Exists(_models.Path("deep.zip")));
    }

    [Fact]
    public void The_zip_holds_three_files_those_of_ml_net_and_a_manifest_of_camel_case_names()
    {
        var files = _models.Files();
        Assert.Equal(["model.onnx", "manifest.json", "metrics.json", .. MlNetChain.SmallEntries, MlNetChain.NetworkEntry], files.Keys);
        string manifest = Encoding.UTF8.GetString(files["manifest.json"]);
        foreach (string key in new[] { "formatVersion", "classNames", "scheme", "architecture", "input", "trainingDataSha256", "seed",
            "settings", "metrics", "versions", "machine", "vectorIsa", "sha256" })
            Assert.Contains($"\"{key}\":", manifest);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(files["model.onnx"])), manifest);
    }

    [Fact]
    public void The_manifest_names_neither_host_nor_user()
    {
        string manifest = Encoding.UTF8.GetString(_models.Files()["manifest.json"]);
        Assert.DoesNotContain($"\"{Environment.MachineName}\"", manifest);
        Assert.DoesNotContain($"\"{Environment.UserName}\"", manifest);
        Assert.DoesNotContain(Path.GetTempPath(), manifest);
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes() =>
        Assert.Equal(File.ReadAllBytes(_models.Save("a.zip")), File.ReadAllBytes(_models.Save("b.zip")));

    [Fact]
    public void A_model_packed_again_by_another_program_is_read() =>
        Assert.Equal("Tiny", ModelZip.Load(_models.Changed(_ => { })).Manifest.Architecture);

    [Fact]
    public void A_missing_file_is_named_with_where_models_are() =>
        AssertRefused(_models.Path("none.zip"), "there is no such file", "artifacts/");

    [Fact]
    public void A_folder_is_not_a_model() => AssertRefused(Path.GetDirectoryName(_models.Path("x"))!, "cannot be read");

    [Fact]
    public void An_empty_file_is_not_a_zip() => AssertRefused(Write([]), "not a zip");

    [Fact]
    public void Text_is_not_a_zip() => AssertRefused(Write("emotion,pixels,Usage\n"u8.ToArray()), "not a zip", "save it again");

    [Fact]
    public void A_zip_of_something_else_is_not_a_model() =>
        AssertRefused(_models.Zip(("readme.txt", "hello"u8.ToArray())), "'readme.txt'", "model.onnx, manifest.json, metrics.json");

    [Fact]
    public void A_zip_without_files_is_not_a_model() => AssertRefused(_models.Zip(), "it holds no model.onnx");

    [Theory]
    [InlineData("../model.onnx")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\evil.exe")]
    [InlineData("model/model.onnx")]
    [InlineData("MODEL.ONNX")]
    public void A_zip_with_a_path_outside_or_an_unknown_name_is_refused(string name) =>
        AssertRefused(_models.Changed(files => files[name] = [1]), $"'{name}'", "nothing else");

    [Fact]
    public void A_zip_that_lacks_a_file_is_refused() =>
        AssertRefused(_models.Changed(files => files.Remove("metrics.json")), "no metrics.json");

    [Fact]
    public void A_zip_with_a_file_twice_is_refused()
    {
        var files = _models.Files();
        AssertRefused(_models.Zip([.. files.Select(f => (f.Key, f.Value)), ("model.onnx", files["model.onnx"])]), "model.onnx twice");
    }

    [Fact]
    public void A_zip_of_thousands_of_files_is_refused_by_their_number() =>
        AssertRefused(_models.Zip([.. Enumerable.Range(0, 1000).Select(i => ($"f{i}", Array.Empty<byte>()))]), "1000 files");

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("metrics.json")]
    [InlineData("TransformerChain/Transform_002/Model/Model.key")]
    [InlineData("Schema")]
    public void A_checksum_that_is_off_names_the_file(string name) =>
        AssertRefused(_models.Changed(files => files[name][^2] ^= 1), $"the checksum of its {name}", "altered");

    [Fact]
    public void A_truncated_zip_is_refused_at_every_length()
    {
        byte[] whole = File.ReadAllBytes(_models.Save());
        for (int length = whole.Length - 1; length > 0; length = length > whole.Length - 400 ? length - 7 : length / 2)
            AssertRefused(Write(whole[..length]), "not a usable model zip");
    }

    [Fact]
    public void A_flipped_bit_in_the_stored_manifest_is_seen()
    {
        byte[] whole = File.ReadAllBytes(_models.Save());
        int at = whole.AsSpan().IndexOf("disgust"u8);
        whole[at] ^= 1;
        AssertRefused(Write(whole), "manifest.json is damaged");
    }

    [Fact]
    public void A_file_that_inflates_without_end_is_refused_before_it_does() =>
        AssertRefused(_models.Changed(files => files["model.onnx"] = new byte[300 << 20]), "would be 314,572,800 bytes");

    [Fact]
    public void A_file_that_inflates_beyond_what_the_zip_says_is_refused()
    {
        byte[] zip = File.ReadAllBytes(_models.Changed(_ => { }));
        // The sizes stand in the directory at the end: 24 bytes into the entry, whose name starts 46 bytes in.
        int directory = zip.AsSpan().LastIndexOf("model.onnx"u8) - 46;
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(directory + 24), 100);
        AssertRefused(Write(zip), "model.onnx");
    }

    [Fact]
    public void Large_metrics_are_refused() =>
        AssertRefused(_models.Changed(files => files["metrics.json"] = RandomBytes(17 << 20)), "metrics.json would be");

    [Theory]
    [InlineData("\"formatVersion\": 2", "\"formatVersion\": 3", "format version 3; this program reads 1 to 2")]
    [InlineData("\"formatVersion\": 2", "\"formatVersion\": 1", "a model of version 1 holds model.onnx, manifest.json, metrics.json")]
    [InlineData("\"formatVersion\": 2", "\"formatVersion\": \"x\"", "line 2")]
    [InlineData("\"seed\": 42", "\"seed\": 43", "ML.NET's copy")]
    [InlineData("\"sad\"", "\"angry\"", "class names")]
    [InlineData("\"sad\"", "\"\"", "class names")]
    [InlineData("\"sad\",", "", "names 6 classes")]
    [InlineData("\"sad\"", "null", "is not a model's manifest")]
    [InlineData("\"scheme\": \"seven\",", "", "not a model's manifest")]
    [InlineData("\"seven\"", "null", "not a model's manifest")]
    [InlineData("\"seed\": 42", "\"seed\": 42, \"seed\": 43", "not a model's manifest")]
    [InlineData("{", "[", "not a model's manifest")]
    public void A_manifest_that_makes_no_sense_is_refused(string old, string made, string expected) => AssertRefused(
        _models.Changed(files =>
        {
            string json = Encoding.UTF8.GetString(files["manifest.json"]);
            int at = json.IndexOf(old, StringComparison.Ordinal);
            Assert.True(at >= 0);
            files["manifest.json"] = Encoding.UTF8.GetBytes(json[..at] + made + json[(at + old.Length)..]);
        }), expected);

    [Fact]
    public void A_network_that_gives_no_probabilities_is_not_saved()
    {
        var builder = new NetworkBuilder("Logits", new Shape(1, 48, 48));
        builder.Input.GlobalAveragePool().Linear(7);
        string path = _models.Path("logits.zip");
        var e = Assert.Throws<FerException>(() => ModelZip.Save(path, builder.Build(), TestModels.Manifest(), "{}"));
        Assert.Contains("softmax", e.Message);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_neither_saved_nor_loaded()
    {
        var network = TestNetworks.Classifier();
        network.Parameters.Values[^1] = float.NaN;
        var e = Assert.Throws<FerException>(() => ModelZip.Save(_models.Path("nan.zip"), InferenceGraph.Create(network),
            TestModels.Manifest(), TestModels.Metrics));
        Assert.Contains("not written, because its network gives no numbers for a drawn face", e.Message, StringComparison.Ordinal);
        // As version 1 of the layout, whose checksums alone bind the files together.
        using var onnx = new MemoryStream();
        OnnxWriter.Write(InferenceGraph.Create(network), onnx);
        AssertRefused(FirstVersion(onnx.ToArray(), json => json), "its network gives no numbers for a drawn face");
    }

    [Theory]
    [InlineData("\"0.05\"", "null", "is not a model's manifest (line")]
    [InlineData("\"48\"", "null", "is not a model's manifest (line")]
    [InlineData("\"sad\"", "\"s\\u202Ead\"", "class names")]
    [InlineData("\"sad\"", "\"s\\u2028ad\"", "class names")]
    [InlineData("\"sad\"", "\"\\u001b[31m\"", "class names")]
    public void Nulls_and_characters_that_act_are_refused(string old, string made, string expected) =>
        AssertRefused(FirstVersion(_models.Files()["model.onnx"], json => json.Replace(old, made, StringComparison.Ordinal)), expected);

    [Fact]
    public void Texts_of_a_manifest_can_be_shown_anywhere()
    {
        string path = FirstVersion(_models.Files()["model.onnx"], json => json
            .Replace("\"Tiny\"", "\"\\u001b[31mred\\u202E\\u2028x\\u0000\"", StringComparison.Ordinal)
            .Replace("\"learningRate\"", "\"\\u009b2J\"", StringComparison.Ordinal));
        var manifest = ModelZip.Load(path).Manifest;
        Assert.Equal("\uFFFD[31mred\uFFFD\uFFFDx\uFFFD", manifest.Architecture);
        Assert.Contains("\uFFFD2J", manifest.Settings.Keys);
    }

    /// <summary>The first version's three files with an altered manifest.</summary>
    private string FirstVersion(byte[] onnx, Func<string, string> change) => _models.Zip(
        ("model.onnx", onnx), ("metrics.json", "{}"u8.ToArray()), ("manifest.json", Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(
            ModelManifestJson.Write(TestModels.Manifest() with
            {
                FormatVersion = 1,
                Sha256 = new Dictionary<string, string>
                {
                    ["model.onnx"] = PackedModel.Sha256(onnx),
                    ["metrics.json"] = PackedModel.Sha256("{}"u8.ToArray()),
                },
            }))))));

    [Fact]
    public void Classes_that_do_not_fit_the_network_are_not_saved()
    {
        var manifest = TestModels.Manifest() with { ClassNames = ["happy", "sad"] };
        var e = Assert.Throws<FerException>(
            () => ModelZip.Save(_models.Path("m.zip"), InferenceGraph.Create(TestNetworks.Classifier()), manifest, "{}"));
        Assert.Contains("2 classes", e.Message);
    }

    [Fact]
    public void Metrics_that_are_no_json_are_not_saved() =>
        Assert.Contains("metrics.json", Assert.Throws<FerException>(() =>
            ModelZip.Save(_models.Path("m.zip"), InferenceGraph.Create(TestNetworks.Classifier()), TestModels.Manifest(), "{")).Message);

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        string file = Write([1]);
        var e = Assert.ThrowsAny<FerException>(() =>
            ModelZip.Save(Path.Combine(file, "model.zip"), InferenceGraph.Create(TestNetworks.Classifier()), TestModels.Manifest(), "{}"));
        Assert.Contains("cannot be written", e.Message);
    }

    [Fact]
    public void A_network_that_is_not_the_same_in_the_copy_of_ml_net_is_refused()
    {
        AssertRefused(_models.Changed(files => files[MlNetChain.NetworkEntry][^2] ^= 1), "ML.NET's copy", "altered");
        AssertRefused(_models.Changed(files => files[MlNetChain.NetworkEntry][1000] ^= 1), "ML.NET's copy", "altered");
        AssertRefused(_models.Changed(files => files.Remove(MlNetChain.NetworkEntry)), "it holds no TransformerChain/");
    }

    [Fact]
    public void A_zip_of_the_first_version_is_read()
    {
        string path = _models.FirstVersion();
        var (read, manifest, metrics) = ModelZip.Load(path);
        Assert.Equal(ModelManifest.FirstFormatVersion, manifest.FormatVersion);
        Assert.Equal(TestModels.Metrics, metrics);
        TestNetworks.AssertSame(ModelZip.Load(_models.Save()).Network, read);
    }

    [Fact]
    public void Its_files_may_be_read_by_everybody_after_unzip()
    {
        using var zip = ZipFile.OpenRead(_models.Save());
        Assert.All(zip.Entries, entry => Assert.Equal(0x81A4, entry.ExternalAttributes >>> 16));
        const string unzip = "/usr/bin/unzip";
        if (OperatingSystem.IsWindows() || !File.Exists(unzip))
        {
            Assert.Skip("unzip is not installed");
            return;
        }
        string folder = _models.Path("unzipped");
        var start = new ProcessStartInfo(unzip, ["-q", _models.Path("model.zip"), "-d", folder]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        Assert.Equal("", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        const UnixFileMode expected = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            Assert.Equal(expected, File.GetUnixFileMode(file));
    }

    private string Write(byte[] content)
    {
        File.WriteAllBytes(_models.Path("written.zip"), content);
        return _models.Path("written.zip");
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        var random = new RandomStream(4);
        for (int i = 0; i < count; i++) bytes[i] = (byte)random.NextUInt64();
        return bytes;
    }

    /// <summary>The message names the file and says all of the texts.</summary>
    private static void AssertRefused(string path, params string[] texts)
    {
        var e = Assert.Throws<FerException>(() => ModelZip.Load(path));
        Assert.StartsWith($"{path}: ", e.Message);
        foreach (string text in texts) Assert.Contains(text, e.Message);
    }
}
