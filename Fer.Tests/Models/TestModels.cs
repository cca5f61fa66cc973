using System.IO.Compression;
using System.Text;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Tests.Networks;

namespace Fer.Tests.Models;

/// <summary>Model zips to test with, in a folder that goes when the test ends.</summary>
internal sealed class TestModels : IDisposable
{
    internal const string Metrics = """{"accuracy":0.5}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("fer-models-").FullName;

    internal string Path(string name) => System.IO.Path.Combine(_folder, name);

    internal static ModelManifest Manifest() => new()
    {
        ClassNames = LabelScheme.Seven.ClassNames,
        Scheme = LabelScheme.Seven.Name,
        Architecture = "Tiny",
        Seed = 42,
        TrainingDataSha256 = new string('a', 64),
        Settings = new Dictionary<string, string> { ["learningRate"] = "0.05", ["batchSize"] = "128" },
        Metrics = new Dictionary<string, double> { ["validationAccuracy"] = 0.61, ["logLoss"] = double.NaN },
    };

    /// <summary>Saves a valid model.</summary>
    internal string Save(string name = "model.zip")
    {
        ModelZip.Save(Path(name), InferenceGraph.Create(TestNetworks.Classifier()), Manifest(), Metrics);
        return Path(name);
    }

    /// <summary>A zip of any files, compressed as other programs do.</summary>
    internal string Zip(params (string Name, byte[] Content)[] files)
    {
        using var zip = new ZipArchive(File.Create(Path("made.zip")), ZipArchiveMode.Create);
        foreach (var (name, content) in files)
        {
            using var target = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
            target.Write(content);
        }
        return Path("made.zip");
    }

    /// <summary>All files of a valid model.</summary>
    internal Dictionary<string, byte[]> Files() => FilesOf(Save("source.zip"));

    /// <summary>All files of a zip.</summary>
    internal static Dictionary<string, byte[]> FilesOf(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return zip.Entries.ToDictionary(e => e.FullName, e =>
        {
            using var stream = e.Open();
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        });
    }

    /// <summary>A valid model but for what <paramref name="change"/> does to its files.</summary>
    internal string Changed(Action<Dictionary<string, byte[]>> change)
    {
        var files = Files();
        change(files);
        return Zip([.. files.Select(f => (f.Key, f.Value))]);
    }

    /// <summary>A valid model as the first version of the program wrote it.</summary>
    internal string FirstVersion()
    {
        var files = Files();
        string manifest = Encoding.UTF8.GetString(files["manifest.json"]).Replace("\"formatVersion\": 2", "\"formatVersion\": 1");
        return Zip(("model.onnx", files["model.onnx"]), ("manifest.json", Encoding.UTF8.GetBytes(manifest)),
            ("metrics.json", files["metrics.json"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
