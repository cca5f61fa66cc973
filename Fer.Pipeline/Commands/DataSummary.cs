using System.Security.Cryptography;
using Fer.Pipeline.Data;

namespace Fer.Pipeline.Commands;

/// <summary>What is in a data set: faces a split and class, faces that are there twice, faces without a picture.</summary>
internal sealed class DataSummary
{
    private DataSummary(FaceDataset dataset) => Dataset = dataset;

    internal FaceDataset Dataset { get; }

    /// <summary>The splits that hold faces.</summary>
    internal IReadOnlyList<SplitSummary> Splits { get; private init; } = [];

    /// <summary>Faces that are in two splits at once: how many of the second are in the first as well.</summary>
    internal IReadOnlyList<(Usage First, Usage Second, int Count)> Across { get; private init; } = [];

    /// <summary>Groups of equal faces under different classes.</summary>
    internal int ConflictingGroups { get; private init; }

    /// <summary>What a user should know, a sentence each.</summary>
    internal IEnumerable<string> Problems
    {
        get
        {
            int within = Splits.Sum(s => s.Duplicates), across = Across.Sum(a => a.Count), blank = Splits.Sum(s => s.Blank);
            if (within > 0) yield return $"{within} faces repeat an earlier one of their split.";
            if (across > 0) yield return $"{across} faces are in an earlier split as well: scores on them say less.";
            if (ConflictingGroups > 0) yield return $"{ConflictingGroups} faces are there more than once under different classes.";
            if (blank > 0) yield return $"{blank} images are blank (one grey value throughout).";
            if (Dataset.SkippedCount > 0) yield return $"{Dataset.SkippedCount} broken rows were skipped.";
            foreach (var split in Splits)
                for (int c = 0; c < split.ByClass.Length; c++)
                    if (split.ByClass[c] == 0) yield return $"{split.Usage} has no face of the class {Dataset.Scheme.ClassNames[c]}.";
            foreach (var usage in Enum.GetValues<Usage>())
                if (Dataset[usage].Count == 0) yield return $"There is no {usage} split.";
        }
    }

    internal static DataSummary Create(FaceDataset dataset)
    {
        var splits = new List<SplitSummary>();
        var across = new Dictionary<(Usage, Usage), int>();
        // Where each picture was seen first in each split: SHA-256 keeps 32 bytes for a picture's 2,304.
        var seen = new Dictionary<Fingerprint, Sighting>();
        foreach (var usage in Enum.GetValues<Usage>())
        {
            var set = dataset[usage];
            if (set.Count == 0) continue;
            int duplicates = 0, blank = 0;
            for (int i = 0; i < set.Count; i++)
            {
                var pixels = set.Pixels(i);
                if (!pixels.ContainsAnyExcept(pixels[0])) blank++;
                var key = new Fingerprint(pixels);
                int split = 1 << (int)usage;
                if (!seen.TryGetValue(key, out var before))
                {
                    seen.Add(key, new Sighting(split, set.Label(i), false));
                    continue;
                }
                if ((before.Splits & split) != 0) duplicates++;
                else
                    foreach (var other in Enum.GetValues<Usage>())
                        if ((before.Splits & (1 << (int)other)) != 0) across[(other, usage)] = across.GetValueOrDefault((other, usage)) + 1;
                seen[key] = new Sighting(before.Splits | split, before.Label, before.Conflicts || before.Label != set.Label(i));
            }
            splits.Add(new SplitSummary(usage, set.Count, set.CountByClass(), duplicates, blank));
        }
        return new DataSummary(dataset)
        {
            Splits = splits,
            Across = [.. across.OrderBy(a => a.Key).Select(a => (a.Key.Item1, a.Key.Item2, a.Value))],
            ConflictingGroups = seen.Values.Count(s => s.Conflicts),
        };
    }

    private readonly record struct Sighting(int Splits, int Label, bool Conflicts);

    private readonly record struct Fingerprint(UInt128 High, UInt128 Low)
    {
        internal Fingerprint(ReadOnlySpan<byte> pixels) : this(0, 0)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(pixels, hash);
            High = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
            Low = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]);
        }
    }
}

/// <summary>One split of a <see cref="DataSummary"/>.</summary>
/// <param name="Usage">The split.</param>
/// <param name="Count">Faces.</param>
/// <param name="ByClass">Faces a class.</param>
/// <param name="Duplicates">Faces equal to an earlier one of the split.</param>
/// <param name="Blank">Images of one grey value.</param>
internal sealed record SplitSummary(Usage Usage, int Count, int[] ByClass, int Duplicates, int Blank);
