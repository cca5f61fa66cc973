using System.Security.Cryptography;
using System.Text;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>The bytes that a model is saved as.</summary>
internal sealed class PackedModel
{
    internal const string OnnxName = "model.onnx", ManifestName = "manifest.json", MetricsName = "metrics.json";

    private readonly IReadOnlyList<(string Name, byte[] Content)> _mlNetEntries;
    private readonly byte[] _manifestJson, _supplement;

    private PackedModel(byte[] onnx, ModelManifest manifest, byte[] metricsJson, IReadOnlyList<(string Name, byte[] Content)> mlNetEntries)
    {
        Onnx = onnx;
        Manifest = manifest;
        MetricsJson = metricsJson;
        _mlNetEntries = mlNetEntries;
        _manifestJson = ModelManifestJson.Write(manifest);
        _supplement = MlNetNetwork.Supplement(manifest.ClassNames, _manifestJson, metricsJson);
    }

    /// <summary>The network as <c>model.onnx</c>.</summary>
    internal byte[] Onnx { get; }

    /// <summary>The manifest, with version and checksums.</summary>
    internal ModelManifest Manifest { get; }

    /// <summary>All measurements.</summary>
    internal byte[] MetricsJson { get; }

    /// <summary>The network for ML.NET's transformer.</summary>
    internal byte[] WithSupplement => [.. Onnx, .. _supplement];

    /// <summary>All files of the zip. ML.NET's reader is given its entries in its own order.</summary>
    internal IEnumerable<(string Name, byte[][] Pieces)> Files =>
    [
        (OnnxName, [Onnx]),
        (ManifestName, [_manifestJson]),
        (MetricsName, [MetricsJson]),
        .. _mlNetEntries.Select(entry => (entry.Name, new[] { entry.Content })),
        (MlNetChain.NetworkEntry, [MlNetNetwork.Header(Onnx.Length + _supplement.Length), Onnx, _supplement]),
    ];

    /// <param name="network">The network.</param>
    /// <param name="manifest">What is known about it.</param>
    /// <param name="metricsJson">All measurements, as JSON.</param>
    /// <param name="mlNetEntries">The entries of ML.NET but for the network; none where only that is needed.</param>
    /// <exception cref="ModelFormatException">The manifest makes no sense, or ML.NET saves models in another layout.</exception>
    internal static PackedModel Create(
        Network network, ModelManifest manifest, string metricsJson, IReadOnlyList<(string Name, byte[] Content)> mlNetEntries)
    {
        if (mlNetEntries.Count > 0 && !mlNetEntries.Select(entry => entry.Name).SequenceEqual(MlNetChain.SmallEntries))
            throw new ModelFormatException(
                $"ML.NET saves it as {string.Join(", ", mlNetEntries.Select(entry => entry.Name))}, which this version does not know");
        using var onnx = new MemoryStream();
        OnnxWriter.Write(network, onnx);
        byte[] model = onnx.ToArray(), metrics = Encoding.UTF8.GetBytes(metricsJson);
        manifest = manifest with
        {
            FormatVersion = ModelManifest.CurrentFormatVersion,
            Sha256 = new Dictionary<string, string>(mlNetEntries.Select(entry => KeyValuePair.Create(entry.Name, Sha256(entry.Content))))
            {
                [OnnxName] = Sha256(model),
                [MetricsName] = Sha256(metrics),
            },
        };
        // As it will be read: what the file cannot say is seen here.
        ModelManifestJson.Read(ModelManifestJson.Write(manifest));
        return new PackedModel(model, manifest, metrics, mlNetEntries);
    }

    internal static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
