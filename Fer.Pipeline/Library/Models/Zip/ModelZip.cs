using System.Text;
using System.Text.Json;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// The saved model: a zip that ML.NET's own packages open, with <c>model.onnx</c>, <c>manifest.json</c> and <c>metrics.json</c> beside it.
/// Written whole or not at all, the same bytes for the same content; read without trusting it.
/// <para>Three layouts are read: today's; that of the first version, which held those three files alone; and what <c>ml.Model.Save</c>
/// writes of a
/// <c>FaceClassificationTransformer</c>, where manifest and metrics lie inside ML.NET's copy of the network.</para>
/// </summary>
/// <param name="Network">1x48x48 pixels in 0..255 in, one probability a class out.</param>
/// <param name="Manifest">What the model says about itself.</param>
/// <param name="MetricsJson">All measurements, as JSON.</param>
internal sealed record ModelZip(Network Network, ModelManifest Manifest, string MetricsJson)
{
    /// <summary>Rounding in a softmax of a thousand classes stays far below.</summary>
    private const float LargestSumError = 1e-3f;

    private const int MaxManifestBytes = 1 << 20, MaxMetricsBytes = 16 << 20, MaxSmallEntryBytes = 32 << 20;

    private static readonly string[] FirstNames = [PackedModel.OnnxName, PackedModel.ManifestName, PackedModel.MetricsName];
    private static readonly string[] Names = [.. FirstNames, .. MlNetChain.SmallEntries, MlNetChain.NetworkEntry];

    /// <summary>
    /// Writes a model zip. Before it takes its name it is opened as ML.NET opens it, and ONNX Runtime has to agree with the engine within
    /// 0.0001
    /// on some drawn faces.
    /// </summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="network">A network as <see cref="InferenceGraph.Create(Networks.Network, LogitCalibration)"/> makes it.</param>
    /// <param name="manifest">What is known about it; the version and the checksums are filled in here.</param>
    /// <param name="metricsJson">All measurements, as JSON.</param>
    /// <returns>The manifest as written.</returns>
    /// <exception cref="FerException">
    /// The file cannot be written, network and manifest do not belong together, or the check failed; an older file is left as it was.
    /// </exception>
    public static ModelManifest Save(string path, Network network, ModelManifest manifest, string metricsJson)
    {
        try
        {
            var packed = PackedModel.Create(network, manifest, metricsJson, MlNetChain.Entries(manifest.ClassNames));
            // What Load would refuse must not be written either.
            Check(network, packed.Manifest);
            CheckReadable(packed.Onnx);
            CheckJson(packed.MetricsJson, PackedModel.MetricsName);
            float[] expected = Predict(network, MlNetCheck.Samples());
            CheckAnswer(expected, manifest.ClassNames.Count);
            AtomicFile.Write(path, stream =>
            {
                ZipFolder.Write(stream, packed.Files);
                MlNetCheck.Compare(stream, packed.Manifest.ClassNames, expected);
                stream.Position = stream.Length;
            });
            return packed.Manifest;
        }
        catch (ModelFormatException e)
        {
            throw new FerException($"{path}: not written, because {e.Message}.", e);
        }
    }

    /// <summary>Reads a model zip from anywhere; sizes, names, checksums and the network are checked, and a face is tried.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">Limits on what the network may require; null for the defaults.</param>
    /// <exception cref="FerException">The file is missing, no model zip, damaged or altered; the message says which and what to
    /// do.</exception>
    public static ModelZip Load(string path, OnnxReadLimits? limits = null) => LoadUntried(path, limits).Tried(path);

    /// <summary>The same without trying a face, for a caller that does it himself, by <see cref="CheckAnswer(string, float[])"/>.</summary>
    internal static ModelZip LoadUntried(string path, OnnxReadLimits? limits = null)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (!stream.CanSeek)
                throw new FerException($"{path}: a pipe or a device, and a model is read here and there. Give the path of a model.zip.");
            return ReadUntried(stream, path, limits);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FerException(
                $"{path}: there is no such file. Give the path of a model.zip, as 'experiment' and 'train' leave it in artifacts/.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Give the path of a model.zip that may be read.", e);
        }
    }

    /// <summary>What a model says about itself, without reading its network; null where the file is none that this program wrote.</summary>
    internal static ModelManifest? TryReadManifest(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var limits = new OnnxReadLimits();
            using var zip = ZipFolder.Open(stream, 2L * limits.MaxBytes + MlNetChain.SmallEntries.Length * (long)MaxSmallEntryBytes);
            return zip.Names.Contains(PackedModel.ManifestName)
                ? ModelManifestJson.Read(zip.Read(PackedModel.ManifestName, MaxManifestBytes, checkCrc: true))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ModelFormatException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Load"/>, from a stream that can seek.</summary>
    internal static ModelZip Read(Stream stream, string path, OnnxReadLimits? limits = null) =>
        ReadUntried(stream, path, limits).Tried(path);

    /// <summary>Refuses a network whose answer to <see cref="MlNetCheck.Samples"/> is no probabilities.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="answers">[faces * classes].</param>
    /// <exception cref="FerException">They are none.</exception>
    internal void CheckAnswer(string path, float[] answers)
    {
        try
        {
            CheckAnswer(answers, Manifest.ClassNames.Count);
        }
        catch (ModelFormatException e)
        {
            throw Unusable(path, e);
        }
    }

    private ModelZip Tried(string path)
    {
        CheckAnswer(path, Predict(Network, MlNetCheck.Samples(1)));
        return this;
    }

    private static FerException Unusable(string path, ModelFormatException e) => new(
        $"{path}: not a usable model zip: {e.Message}. Take the model.zip that this program saved, or save it again.", e);

    private static ModelZip ReadUntried(Stream stream, string path, OnnxReadLimits? limits)
    {
        limits ??= new OnnxReadLimits();
        try
        {
            CheckKind(stream);
            using var zip = ZipFolder.Open(stream, 2L * limits.MaxBytes + MlNetChain.SmallEntries.Length * (long)MaxSmallEntryBytes);
            bool isOfMlNet = IsOfMlNet(zip);
            var (onnx, manifestJson, metrics) = isOfMlNet
                ? MlNetNetwork.Split(zip.Read(zip.Names.Single(MlNetChain.IsNetwork), limits.MaxBytes, checkCrc: true))
                : (zip.Read(PackedModel.OnnxName, limits.MaxBytes, checkCrc: false),
                    zip.Read(PackedModel.ManifestName, MaxManifestBytes, checkCrc: true),
                    zip.Read(PackedModel.MetricsName, MaxMetricsBytes, checkCrc: false));
            var manifest = ModelManifestJson.Read(manifestJson);
            CheckSum(manifest, PackedModel.OnnxName, onnx);
            CheckSum(manifest, PackedModel.MetricsName, metrics);
            CheckJson(metrics, PackedModel.MetricsName);
            // Unpacking what only ML.NET reads takes as long as reading the network.
            var rest = isOfMlNet ? Task.CompletedTask : Task.Run(() => CheckRest(zip, manifest, onnx, manifestJson, metrics));
            Network network;
            try
            {
                network = OnnxReader.Read(onnx, $"{path}: {PackedModel.OnnxName}", limits);
                Check(network, manifest);
            }
            finally
            {
                // Whatever the network comes to, nobody reads the zip when it is closed.
                rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            }
            rest.GetAwaiter().GetResult();
            return new ModelZip(network, manifest, Encoding.UTF8.GetString(metrics));
        }
        catch (ModelFormatException e)
        {
            throw Unusable(path, e);
        }
    }

    private static void CheckKind(Stream stream)
    {
        var head = new byte[512];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (!head.AsSpan().StartsWith("PK"u8) && ForeignFile.Describe(head.AsSpan(0, length)) is { } kind)
            throw new ModelFormatException($"it is {kind}");
    }

    /// <summary>Weights that are no numbers show in any answer.</summary>
    private static void CheckAnswer(ReadOnlySpan<float> answers, int classes)
    {
        for (; !answers.IsEmpty; answers = answers[classes..])
        {
            float sum = 0;
            foreach (float probability in answers[..classes]) sum += probability;
            if (!float.IsFinite(sum))
                throw new ModelFormatException(
                    "its network gives no numbers for a drawn face: its weights hold NaN or infinity, or lead to them");
            if (MathF.Abs(sum - 1) > LargestSumError)
                throw new ModelFormatException($"the probabilities that its network gives for a drawn face add up to {sum:F3}, not to 1");
        }
    }

    /// <summary>True for what <c>ml.Model.Save</c> wrote, where our transformer may be one of several.</summary>
    private static bool IsOfMlNet(ZipFolder zip)
    {
        bool isOfMlNet = !zip.Names.Contains(PackedModel.ManifestName) && zip.Names.Contains(MlNetChain.SchemaEntry);
        if (isOfMlNet && zip.Names.Count(MlNetChain.IsNetwork) != 1)
            throw new ModelFormatException($"ML.NET saved it with {zip.Names.Count(MlNetChain.IsNetwork)} networks where one is needed");
        if (isOfMlNet) return true;
        foreach (string name in zip.Names)
            if (!Names.Contains(name))
                throw new ModelFormatException(
                    $"it holds the file '{ZipFolder.Shown(name)}'; a model holds {string.Join(", ", FirstNames)}, " +
                    "what ML.NET saves, and nothing else");
        return false;
    }

    /// <summary>What only ML.NET reads: today's layout has all of it, the first has none.</summary>
    private static void CheckRest(ZipFolder zip, ModelManifest manifest, byte[] onnx, byte[] manifestJson, byte[] metrics)
    {
        if (manifest.FormatVersion == ModelManifest.FirstFormatVersion)
        {
            if (zip.Names.Count != FirstNames.Length)
                throw new ModelFormatException(
                    $"it holds {zip.Names.Count} files; a model of version 1 holds {string.Join(", ", FirstNames)} and nothing else");
            return;
        }
        foreach (string name in MlNetChain.SmallEntries) CheckSum(manifest, name, zip.Read(name, MaxSmallEntryBytes, checkCrc: false));
        byte[] supplement = MlNetNetwork.Supplement(manifest.ClassNames, manifestJson, metrics);
        if (!zip.Holds(MlNetChain.NetworkEntry, MlNetNetwork.Header(onnx.Length + supplement.Length), onnx, supplement))
            throw new ModelFormatException(
                $"ML.NET's copy of the network is not that of {PackedModel.OnnxName}: it was damaged or altered");
    }

    private static void Check(Network network, ModelManifest manifest)
    {
        var input = new Shape(1, Face.Side, Face.Side);
        if (network.Input != input) throw new ModelFormatException($"its network takes {network.Input} where {input} is needed");
        if (network.Inputs.Count != 1 || network.Outputs.Count != 1)
            throw new ModelFormatException(
                $"its network has {network.Inputs.Count} inputs and {network.Outputs.Count} outputs where one of each is needed");
        if (network.Output != new Shape(manifest.ClassNames.Count))
            throw new ModelFormatException(
                $"its network gives {network.Output} and its manifest.json names {manifest.ClassNames.Count} classes");
        if (network.Nodes[^1].Operation is not Softmax)
            throw new ModelFormatException("its network does not end in probabilities (softmax)");
    }

    private static void CheckReadable(byte[] onnx)
    {
        try
        {
            OnnxReader.Read(new MemoryStream(onnx), PackedModel.OnnxName);
        }
        catch (FerException e)
        {
            throw new ModelFormatException($"it could not be read again: {e.Message.TrimEnd('.')}");
        }
    }

    private static void CheckSum(ModelManifest manifest, string name, byte[] content)
    {
        if (!manifest.Sha256.TryGetValue(name, out string? sha256)
            || !sha256.Equals(PackedModel.Sha256(content), StringComparison.OrdinalIgnoreCase))
            throw new ModelFormatException($"the checksum of its {name} is not the one in manifest.json: it was damaged or altered");
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

    private static float[] Predict(Network network, ReadOnlySpan<byte> faces)
    {
        int count = faces.Length / Face.PixelCount;
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, count, training: false, pool, frozen: true);
        for (int i = 0; i < faces.Length; i++) executor.Input[i] = faces[i];
        executor.Forward(count);
        return executor.Output[..(count * network.Output.Length)].ToArray();
    }
}
