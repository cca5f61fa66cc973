using System.Runtime.InteropServices;
using Fer.Pipeline.Faces;
using Microsoft.Data.Analysis;

namespace Fer.Pipeline.Data;

/// <summary>A table with a row a face, filled face by face.</summary>
internal sealed class FaceTable
{
    private readonly List<long> _rows = [];
    private readonly List<string> _labels = [], _usages = [];
    private readonly List<float> _brightness = [], _contrast = [];
    private readonly List<float>[] _votes;
    private readonly List<UInt128> _hashes = [];
    private readonly Dictionary<UInt128, int> _counts = [];

    /// <param name="hasVotes">Makes a column of each of FER+'s votes.</param>
    internal FaceTable(bool hasVotes) =>
        _votes = hasVotes ? [.. FerPlusVotes.SlotNames.Select(_ => new List<float>())] : [];

    /// <summary>Adds a face.</summary>
    /// <param name="row">Row in its source.</param>
    /// <param name="label">Class name.</param>
    /// <param name="usage">Split; null for all faces where none is known.</param>
    /// <param name="pixels">[48 * 48] grey values.</param>
    /// <param name="votes">[10] votes, where the table has them.</param>
    internal void Add(long row, string label, string? usage, ReadOnlySpan<byte> pixels, ReadOnlySpan<float> votes)
    {
        _rows.Add(row);
        _labels.Add(label);
        if (usage is not null) _usages.Add(usage);
        _brightness.Add((float)FaceProperties.Brightness(pixels));
        _contrast.Add((float)FaceProperties.Contrast(pixels));
        for (int v = 0; v < _votes.Length; v++) _votes[v].Add(votes[v]);
        var hash = PixelHash.Of(pixels);
        _hashes.Add(hash);
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, hash, out _)++;
    }

    /// <summary>The table of all faces added.</summary>
    internal DataFrame ToDataFrame()
    {
        var columns = new List<DataFrameColumn> { new Int64DataFrameColumn("Row", _rows), new StringDataFrameColumn("Label", _labels) };
        if (_usages.Count > 0) columns.Add(new StringDataFrameColumn("Usage", _usages));
        columns.Add(new SingleDataFrameColumn("Brightness", _brightness));
        columns.Add(new SingleDataFrameColumn("Contrast", _contrast));
        columns.Add(new Int32DataFrameColumn("Duplicates", _hashes.Select(hash => _counts[hash] - 1)));
        for (int v = 0; v < _votes.Length; v++) columns.Add(new SingleDataFrameColumn($"Votes.{FerPlusVotes.SlotNames[v]}", _votes[v]));
        return new DataFrame(columns);
    }
}
