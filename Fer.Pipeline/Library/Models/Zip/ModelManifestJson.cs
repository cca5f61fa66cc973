using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fer.Pipeline.Models;

/// <summary>The manifest as JSON and back. Maps are written in the order of their keys, so that the same manifest gives the same
/// bytes.</summary>
internal static class ModelManifestJson
{
    private const int MostClasses = 1000, LongestClassName = 100;

    private static readonly JsonSerializerOptions Options = new(CompleteJson.Options)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // A trial that diverged has metrics without a value.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        AllowDuplicateProperties = false,
        MaxDepth = 8,
    };

    internal static byte[] Write(ModelManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(
        manifest with
        {
            Settings = Sorted(manifest.Settings),
            Metrics = Sorted(manifest.Metrics),
            Versions = Sorted(manifest.Versions),
            Sha256 = Sorted(manifest.Sha256),
        }, Options);

    /// <exception cref="ModelFormatException">The text is no manifest, of another version, or its classes make no sense.</exception>
    internal static ModelManifest Read(byte[] json)
    {
        ModelManifest manifest;
        try
        {
            // The version first: a later layout may lack what is required today.
            int version = JsonSerializer.Deserialize<VersionOnly>(json, Options)?.FormatVersion ?? 0;
            if (version is < ModelManifest.FirstFormatVersion or > ModelManifest.CurrentFormatVersion)
                throw new ModelFormatException(
                    $"its manifest.json has format version {version}; " +
                    $"this program reads {ModelManifest.FirstFormatVersion} to {ModelManifest.CurrentFormatVersion}");
            manifest = JsonSerializer.Deserialize<ModelManifest>(json, Options) ?? throw new ModelFormatException(
                "its manifest.json says nothing");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(
                $"its manifest.json is not a model's manifest (line {e.LineNumber + 1}, {VisibleText.Line(e.Path ?? "$")})");
        }
        if (manifest.ClassNames.Count is 0 or > MostClasses || manifest.ClassNames.Distinct().Count() != manifest.ClassNames.Count
            || manifest.ClassNames.Any(
                name => string.IsNullOrWhiteSpace(name) || name.Length > LongestClassName || !VisibleText.IsLine(name)))
            throw new ModelFormatException($"its manifest.json has no usable list of 1 to {MostClasses} different class names");
        return Visible(manifest);
    }

    /// <summary>The same with texts that can be shown anywhere: terminal, log, page and report. Class names are checked already.</summary>
    private static ModelManifest Visible(ModelManifest manifest) => manifest with
    {
        Scheme = VisibleText.Line(manifest.Scheme),
        Architecture = VisibleText.Line(manifest.Architecture),
        Command = manifest.Command is { } command ? VisibleText.Line(command) : null,
        TrainingDataSha256 = manifest.TrainingDataSha256 is { } sha256 ? VisibleText.Line(sha256) : null,
        Input = manifest.Input with
        {
            Name = VisibleText.Line(manifest.Input.Name),
            Type = VisibleText.Line(manifest.Input.Type),
            Shape = [.. manifest.Input.Shape.Select(VisibleText.Line)],
            Description = VisibleText.Line(manifest.Input.Description),
        },
        Settings = Visible(manifest.Settings, VisibleText.Line),
        Metrics = Visible(manifest.Metrics, value => value),
        Versions = Visible(manifest.Versions, VisibleText.Line),
        Machine = manifest.Machine with
        {
            OperatingSystem = VisibleText.Line(manifest.Machine.OperatingSystem),
            Architecture = VisibleText.Line(manifest.Machine.Architecture),
            VectorIsa = VisibleText.Line(manifest.Machine.VectorIsa),
        },
    };

    private static Dictionary<string, T> Visible<T>(IReadOnlyDictionary<string, T> map, Func<T, T> value)
    {
        var visible = new Dictionary<string, T>();
        // Two keys that differ only in what is not seen would be one.
        foreach (var (key, content) in map) visible.TryAdd(VisibleText.Line(key), value(content));
        return visible;
    }

    private static SortedDictionary<string, T> Sorted<T>(IReadOnlyDictionary<string, T> map) =>
        new(map.ToDictionary(), StringComparer.Ordinal);

    private sealed record VersionOnly
    {
        public int FormatVersion { get; init; }
    }
}

/// <summary>A fault in a model zip, without the file's name; <see cref="ModelZip"/> adds it and makes a
/// <see cref="FerException"/>.</summary>
internal sealed class ModelFormatException(string message) : Exception(message);
