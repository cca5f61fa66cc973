using System.IO.Compression;
using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Models;
using Fer.Tests.Images;

namespace Fer.Tests.Models;

/// <summary>
/// Zips that no program writes: sound but for one to three of their fields, and with the right checksums behind what was changed, so that
/// a reader goes on to it.
/// </summary>
internal sealed class OddZip
{
    private const uint LocalSignature = 0x04034B50, DirectorySignature = 0x02014B50, EndSignature = 0x06054B50;

    private static readonly ushort[] Methods = [0, 1, 8, 9, 12, 14, 93, 99, ushort.MaxValue];

    private static readonly byte[] Bomb = Deflated(new byte[16 << 20]);

    private readonly List<Part> _parts;
    private byte[] _comment = [], _before = [], _behind = [];
    private long _count, _directoryShift, _directorySize;

    private OddZip(IReadOnlyDictionary<string, byte[]> files) => _parts = [.. files.Select(file => new Part(file.Key, file.Value))];

    /// <summary>A zip of these files, with changes.</summary>
    internal static byte[] Of(IReadOnlyDictionary<string, byte[]> files, ref RandomStream random)
    {
        var zip = new OddZip(files);
        for (int changes = 1 + random.NextInt32(3); changes > 0; changes--) zip.Change(ref random);
        return zip.ToFile();
    }

    private void Change(ref RandomStream random)
    {
        if (_parts.Count == 0) return;
        int place = random.NextInt32(_parts.Count);
        var part = _parts[place];
        long odd = Mutation.Odd(ref random);
        switch (random.NextInt32(20))
        {
            case 0: part.Name = OddName(part.Name, ref random); break;
            case 1: _parts.Add(part with { }); break;
            case 2: _parts.RemoveAt(place); break;
            case 3: part.Size = (uint)odd; break;
            case 4: part.PackedSize = (uint)odd; break;
            case 5: part.Crc ^= 1; break;
            case 6: part.Method = Methods[random.NextInt32(Methods.Length)]; break;
            case 7: part.Pack(Deflated(part.Content)); break;
            case 8:
                part.Pack(Bomb);
                part.Size = random.NextBoolean(0.5) ? 16 << 20 : (uint)part.Content.Length;
                break;
            case 9: part.Flags ^= (ushort)(1 << random.NextInt32(16)); break;
            case 10: part.LocalName = OddName(part.Name, ref random); break;
            case 11: part.OffsetShift = odd; break;
            case 12: part.Extra = OddExtra(odd, ref random); break;
            case 13: part.Comment = new byte[random.NextInt32(300)]; break;
            case 14:
                _comment = random.NextBoolean(0.5) ? [.. "PK\u0005\u0006"u8, .. new byte[18]] : new byte[random.NextInt32(70_000)];
                break;
            case 15: _count = odd; break;
            case 16: (_directoryShift, _directorySize) = random.NextBoolean(0.5) ? (odd, 0L) : (0L, odd); break;
            case 17: (_before, _behind) = random.NextBoolean(0.5) ? (new byte[7], _behind) : (_before, new byte[7]); break;
            default:
                bool isReworded = part.Name.EndsWith(".json", StringComparison.Ordinal) && random.NextBoolean(0.7);
                Heal(part, isReworded ? JsonMutation.Of(part.Content, ref random) : Mutation.Of(part.Content, ref random));
                break;
        }
    }

    /// <summary>Replaces what is in a file, and its checksum in the manifest.</summary>
    private void Heal(Part part, byte[] content)
    {
        string before = PackedModel.Sha256(part.Content), after = PackedModel.Sha256(content);
        part.Replace(content);
        foreach (var manifest in _parts.Where(p => p.Name == PackedModel.ManifestName))
            manifest.Replace(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(manifest.Content).Replace(before, after)));
    }

    private static string OddName(string name, ref RandomStream random) => random.NextInt32(7) switch
    {
        0 => "../" + name,
        1 => name + "\0",
        2 => name.ToUpperInvariant(),
        3 => "",
        4 => new string('a', 60_000),
        5 => "\u001b[31m" + name,
        _ => PackedModel.OnnxName,
    };

    /// <summary>Of the 64-bit form with an odd size, or shorter than it says.</summary>
    private static byte[] OddExtra(long odd, ref RandomStream random) => random.NextInt32(3) switch
    {
        0 => [1, 0, 16, 0, .. BitConverter.GetBytes(odd), .. BitConverter.GetBytes(odd)],
        1 => [1, 0, 200, 0, 1, 2],
        _ => [7],
    };

    private static byte[] Deflated(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest)) deflate.Write(content);
        return packed.ToArray();
    }

    private byte[] ToFile()
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write(_before);
        foreach (var part in _parts)
        {
            part.Offset = file.Position;
            part.WriteLocal(writer);
        }
        long directory = file.Position;
        foreach (var part in _parts) part.WriteDirectory(writer);
        long size = file.Position - directory;
        writer.Write(EndSignature);
        writer.Write(0);
        writer.Write((ushort)(_count == 0 ? _parts.Count : _count));
        writer.Write((ushort)(_count == 0 ? _parts.Count : _count));
        writer.Write((uint)(_directorySize == 0 ? size : _directorySize));
        writer.Write((uint)(directory + _directoryShift));
        writer.Write((ushort)_comment.Length);
        writer.Write(_comment);
        writer.Write(_behind);
        return file.ToArray();
    }

    /// <summary>A file of the zip: what both of its records say, and where they differ.</summary>
    private sealed record Part
    {
        private byte[] _packed;

        internal Part(string name, byte[] content)
        {
            (Name, Content, _packed) = (name, content, content);
            Replace(content);
        }

        internal string Name { get; set; }
        internal string? LocalName { get; set; }
        internal byte[] Content { get; private set; }
        internal ushort Method { get; set; }
        internal ushort Flags { get; set; }
        internal uint Crc { get; set; }
        internal uint Size { get; set; }
        internal uint PackedSize { get; set; }
        internal long Offset { get; set; }
        internal long OffsetShift { get; set; }
        internal byte[] Extra { get; set; } = [];
        internal byte[] Comment { get; set; } = [];

        internal void Replace(byte[] content)
        {
            (Content, Method, Size, Crc) = (content, 0, (uint)content.Length, TestPng.Crc(content));
            Pack(content);
            Method = 0;
        }

        internal void Pack(byte[] packed) => (_packed, PackedSize, Method) = (packed, (uint)packed.Length, 8);

        internal void WriteLocal(BinaryWriter writer)
        {
            byte[] name = Encoding.UTF8.GetBytes(LocalName ?? Name);
            writer.Write(LocalSignature);
            writer.Write((ushort)20);
            WriteShared(writer);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)Extra.Length);
            writer.Write(name);
            writer.Write(Extra);
            writer.Write(_packed);
        }

        internal void WriteDirectory(BinaryWriter writer)
        {
            byte[] name = Encoding.UTF8.GetBytes(Name);
            writer.Write(DirectorySignature);
            writer.Write((ushort)20);
            writer.Write((ushort)20);
            WriteShared(writer);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)Extra.Length);
            writer.Write((ushort)Comment.Length);
            writer.Write(new byte[8]);
            writer.Write((uint)(Offset + OffsetShift));
            writer.Write(name);
            writer.Write(Extra);
            writer.Write(Comment);
        }

        private void WriteShared(BinaryWriter writer)
        {
            writer.Write(Flags);
            writer.Write(Method);
            writer.Write(0x00210000);
            writer.Write(Crc);
            writer.Write(PackedSize);
            writer.Write(Size);
        }
    }
}
