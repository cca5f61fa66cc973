using System.Text.Json;
using System.Text.RegularExpressions;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// A folder of ONNX backbones, each with what is known about it, and those that a package lays beside the program. Nothing is ever
/// downloaded: the files are the user's own.
/// </summary>
/// <param name="folder">The folder; it is made when the first backbone is added.</param>
public sealed partial class BackboneStore(string folder)
{
    private const int MostEntryBytes = 1 << 16;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        MaxDepth = 4,
    };

    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Names of the backbones that are there, in order.</summary>
    public IReadOnlyList<string> Names =>
        [.. Added.Concat(BundledBackbone.All.Where(b => b.IsThere).Select(b => b.Entry.Name))
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    private IEnumerable<string> Added => Directory.Exists(Folder)
        ? Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!)
            .Where(name => NamePattern().IsMatch(name) && File.Exists(OnnxFile(name)))
        : [];

    /// <summary>The name as it is stored, for a name in any case; null where there is no such backbone.</summary>
    public string? Find(string name) => Names.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is known about a backbone.</summary>
    /// <exception cref="FerException">There is none of that name, or its description is damaged.</exception>
    public BackboneEntry Entry(string name)
    {
        string stored = Find(name) ?? throw new FerException(Missing(name));
        if (Bundled(stored) is { } bundled) return bundled.Entry;
        string path = EntryFile(stored);
        try
        {
            if (new FileInfo(path).Length > MostEntryBytes) throw new JsonException();
            var entry = JsonSerializer.Deserialize<BackboneEntry>(File.ReadAllBytes(path), Json) ?? throw new JsonException();
            BackbonePreprocessing.Parse(entry.Preprocessing);
            return entry;
        }
        catch (Exception e) when (e is JsonException or FerUsageException)
        {
            throw new FerException($"{path}: is no description of a backbone. Add the backbone again with 'backbone add'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}).", e);
        }
    }

    /// <summary>Loads a backbone; its file must be the one that was added.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <param name="resizeTo">Width and height that faces are resized to; null is the size it was made for.</param>
    /// <exception cref="FerException">There is none of that name, or the file was altered.</exception>
    public Backbone Load(string name, int? resizeTo = null)
    {
        var entry = Entry(name);
        if (Bundled(entry.Name) is { } bundled) return bundled.Load(resizeTo);
        string path = OnnxFile(Find(name)!);
        if (HashedFile.Sha256(path) != entry.Sha256)
            throw new FerException($"{path}: is not the file that was added, its checksum differs. Add the backbone again with " +
                $"'backbone add {entry.Name} FILE'.");
        return Backbone.Load(path, BackbonePreprocessing.Parse(entry.Preprocessing), resizeTo ?? entry.ResizeTo, entry.Name,
            LimitsOf(entry.MaxModelMegabytes));
    }

    /// <summary>Copies an ONNX file into the store after reading it whole, so that what is in the store can be used.</summary>
    /// <param name="name">The name that <c>Arch</c> is to take: letters, digits, dots, dashes and underscores.</param>
    /// <param name="file">The ONNX file.</param>
    /// <param name="sha256">The SHA-256 that the file must have, or null for the published one where the name is a
    /// <see cref="KnownBackbone"/> of that file name.</param>
    /// <param name="preprocessing">What it wants done to its pixels; null is what is known, otherwise ImageNet's for three channels and
    /// nothing for one.</param>
    /// <param name="resizeTo">Width and height for a network that leaves its own open; null where the file says them.</param>
    /// <param name="maxModelMegabytes">Memory in MiB that the network may need, here and whenever it is loaded; null is the default of
    /// <see cref="OnnxReadLimits.MaxMemoryBytes"/>.</param>
    /// <exception cref="FerUsageException">The name or the checksum is no such.</exception>
    /// <exception cref="FerException">The file cannot be read or used, or has another checksum.</exception>
    public BackboneEntry Add(string name, string file, string? sha256 = null, BackbonePreprocessing? preprocessing = null,
        int? resizeTo = null, int? maxModelMegabytes = null)
    {
        if (!NamePattern().IsMatch(name))
            throw new FerUsageException(
                $"'{name}' is no name of a backbone: letters, digits, dots, dashes and underscores, beginning with a letter or digit.");
        if (sha256 is not null && !Sha256Pattern().IsMatch(sha256))
            throw new FerUsageException($"'{sha256}' is no SHA-256: that is 64 hexadecimal digits.");
        if (!File.Exists(file)) throw new FerException($"{file}: there is no such file. {WhatToGet(name)}");
        var known = KnownBackbone.Find(name) is { } k && k.File.Equals(Path.GetFileName(file), StringComparison.OrdinalIgnoreCase) ? k
            : null;
        string hash = HashedFile.Sha256(file);
        if ((sha256 ?? known?.Sha256) is { } expected && !hash.Equals(expected, StringComparison.OrdinalIgnoreCase))
            throw new FerException($"{file}: its SHA-256 is {hash}, not {expected}. The file is damaged or another version; get it " +
                "again, or give the right checksum with --sha256.");
        var limits = LimitsOf(maxModelMegabytes);
        var network = OnnxReader.Read(file, limits, resizeTo);
        preprocessing ??= known?.Preprocessing ?? BackbonePreprocessing.For(network.Input);
        var backbone = Backbone.Load(file, preprocessing, resizeTo, name, limits);
        // Weights in other files come along: what is in the store stands alone.
        byte[]? whole = OnnxReader.SelfContained(file, limits);
        var entry = new BackboneEntry
        {
            Name = name,
            Origin = Path.GetFileName(file),
            Sha256 = whole is null ? hash : PackedModel.Sha256(whole),
            Bytes = whole?.Length ?? new FileInfo(file).Length,
            Preprocessing = preprocessing.Name,
            Input = network.Input.ToString(),
            ResizeTo = resizeTo,
            MaxModelMegabytes = maxModelMegabytes,
            Features = backbone.Tap.Cut(backbone.Network).Output.Length,
            Parameters = network.Parameters.TrainableLength,
            MultiplyAccumulates = backbone.Network.MultiplyAccumulates,
        };
        // The network first: a description without one is not listed.
        string stored = Find(name) ?? name;
        AtomicFile.Write(OnnxFile(stored), target =>
        {
            using Stream source = whole is null ? HashedFile.Open(file) : new MemoryStream(whole);
            source.CopyTo(target);
        });
        AtomicFile.WriteText(EntryFile(stored), JsonSerializer.Serialize(entry, Json) + "\n");
        return entry;
    }

    /// <summary>What to say where a backbone is asked for and not there.</summary>
    public string Missing(string name) => $"There is no backbone '{name}' in {Folder}. {WhatToGet(name)}" +
        (Names.Count > 0 ? $" There are {string.Join(", ", Names)}.{NearestName.Hint(name, Names)}" : "");

    /// <summary>The side that faces are resized to where none is named; null is the size that the network was made for.</summary>
    internal int? UsualSide(string name) => Bundled(name)?.UsualSide;

    /// <summary>The one of a package, unless one was added under its name.</summary>
    private BundledBackbone? Bundled(string name) => File.Exists(EntryFile(name)) ? null : BundledBackbone.Find(name);

    private static string WhatToGet(string name) => BundledBackbone.Find(name) is { } bundled
        ? $"Add the package {bundled.Package} to the program: it lays the network beside it."
        : KnownBackbone.Find(name) is { } known
        ? $"Get {known.File} ({known.Source}; {known.License}), then: fer backbone add {known.Name} {known.File}"
        : $"Get an ONNX file of the network, then: fer backbone add {name} FILE. Known by name are " +
            $"{string.Join(", ", KnownBackbone.All.Select(k => k.Name))}.";

    private static OnnxReadLimits LimitsOf(int? megabytes) => new() { MaxMemoryBytes = megabytes * (1L << 20) };

    private string OnnxFile(string name) => Path.Combine(Folder, name + ".onnx");

    private string EntryFile(string name) => Path.Combine(Folder, name + ".json");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[0-9A-Fa-f]{64}$")]
    private static partial Regex Sha256Pattern();
}
