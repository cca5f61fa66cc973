using System.Security.Cryptography;
using System.Text.Json;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// The saved model: a zip of <c>model.onnx</c>, <c>manifest.json</c> and <c>metrics.json</c>, and nothing else. Written whole or not at all,
/// the same bytes for the same content; read without trusting it.
/// </summary>
/// <param name="Network">1x48x48 pixels in 0..255 in, one probability a class out.</param>
/// <param name="Manifest">What the model says about itself.</param>
/// <param name="MetricsJson">All measurements, as JSON.</param>
public sealed record ModelZip(Network Network, ModelManifest Manifest, string MetricsJson)
{
    internal const string OnnxName = "model.onnx", ManifestName = "manifest.json", MetricsName = "metrics.json";

    private const int MaxManifestBytes = 1 << 20, MaxMetricsBytes = 16 << 20;

    /// <summary>Writes a model zip.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="network">A serving network, as <see cref="InferenceGraph.Create(Networks.Network, Models.LogitCalibration)"/> makes it.</param>
    /// <param name="manifest">What is known about it; the checksums are filled in here.</param>
    /// <param name="metricsJson">All measurements, as JSON.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="FerException">The file cannot be written, or network and manifest do not belong together.</exception>
    public static ModelManifest Save(string path, Network network, ModelManifest manifest, string metricsJson)
    {
        using var onnx = new MemoryStream();
        OnnxWriter.Write(network, onnx);
        byte[] model = onnx.ToArray(), metrics = System.Text.Encoding.UTF8.GetBytes(metricsJson);
        manifest = manifest with { Sha256 = new Dictionary<string, string> { [OnnxName] = Sha256(model), [MetricsName] = Sha256(metrics) } };
        byte[] manifestJson = ModelManifestJson.Write(manifest);
        try
        {
            // What Load would refuse must not be written either.
            CheckNetwork(network, ModelManifestJson.Read(manifestJson));
            OnnxReader.Read(new MemoryStream(model), OnnxName);
            CheckJson(metrics, MetricsName);
        }
        catch (ModelFormatException e)
        {
            throw new FerException($"{path}: not written, because {e.Message}.", e);
        }
        catch (FerException e)
        {
            throw new FerException($"{path}: not written, because it could not be read again: {e.Message}", e);
        }
        AtomicFile.Write(path, stream => ZipFolder.Write(stream, [(OnnxName, model), (ManifestName, manifestJson), (MetricsName, metrics)]));
        return manifest;
    }

    /// <summary>Reads a model zip from anywhere; sizes, names, checksums and the network are checked.</summary>
    /// <exception cref="FerException">The file is missing, no model zip, damaged or altered; the message says which and what to do.</exception>
    public static ModelZip Load(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(stream, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FerException($"{path}: there is no such file. Give the path of a model.zip, as 'experiment' and 'train' leave it in artifacts/.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Give the path of a model.zip that may be read.", e);
        }
    }

    /// <summary>As <see cref="Load"/>, from a stream that can seek.</summary>
    internal static ModelZip Read(Stream stream, string path)
    {
        try
        {
            var limits = new OnnxReadLimits();
            var files = ZipFolder.Read(stream, new Dictionary<string, int>
            {
                [OnnxName] = limits.MaxBytes,
                [ManifestName] = MaxManifestBytes,
                [MetricsName] = MaxMetricsBytes,
            });
            var manifest = ModelManifestJson.Read(files[ManifestName]);
            foreach (string name in new[] { OnnxName, MetricsName })
                if (!manifest.Sha256.TryGetValue(name, out string? sha256) || !string.Equals(sha256, Sha256(files[name]), StringComparison.OrdinalIgnoreCase))
                    throw new ModelFormatException($"the checksum of its {name} is not the one in manifest.json: it was damaged or altered");
            CheckJson(files[MetricsName], MetricsName);
            var network = OnnxReader.Read(new MemoryStream(files[OnnxName]), $"{path}: {OnnxName}", limits);
            CheckNetwork(network, manifest);
            return new ModelZip(network, manifest, System.Text.Encoding.UTF8.GetString(files[MetricsName]));
        }
        catch (ModelFormatException e)
        {
            throw new FerException($"{path}: not a usable model zip: {e.Message}. Take the model.zip that this program saved, or save it again.", e);
        }
    }

    private static void CheckNetwork(Network network, ModelManifest manifest)
    {
        var input = new Shape(1, Face.Side, Face.Side);
        if (network.Input != input) throw new ModelFormatException($"its network takes {network.Input} where {input} is needed");
        if (network.Inputs.Count != 1 || network.Outputs.Count != 1) throw new ModelFormatException($"its network has {network.Inputs.Count} inputs and {network.Outputs.Count} outputs where one of each is needed");
        if (network.Output != new Shape(manifest.ClassNames.Count))
            throw new ModelFormatException($"its network gives {network.Output} and its manifest.json names {manifest.ClassNames.Count} classes");
        if (network.Nodes[^1].Operation is not Softmax) throw new ModelFormatException("its network does not end in probabilities (softmax)");
    }

    private static void CheckJson(byte[] json, string name)
    {
        try
        {
            // Read through without building a document: only whether it is JSON matters here.
            var reader = new Utf8JsonReader(json);
            while (reader.Read()) { }
        }
        catch (JsonException e)
        {
            throw new ModelFormatException($"its {name} is not JSON (line {e.LineNumber + 1})");
        }
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
