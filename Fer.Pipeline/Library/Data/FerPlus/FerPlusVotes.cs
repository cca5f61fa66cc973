using System.Buffers.Text;
using System.Text;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// The votes of FER+'s ten taggers (fer2013new.csv; Barsoum et al., arXiv 1608.01041). Row k belongs to row k of the full FER2013 CSV.
/// Columns: Usage, Image name, and the votes for neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown and NF (not
/// a face).
/// </summary>
internal sealed class FerPlusVotes
{
    /// <summary>Votes a row: eight emotions in the order of <see cref="Emotion"/>, unknown, not a face.</summary>
    internal const int VoteCount = 10;

    internal const string FileName = "fer2013new.csv";

    internal const string Source = "The file fer2013new.csv is at https://github.com/microsoft/FERPlus.";

    private static readonly string[] Columns =
        ["Usage", "Image name", "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF"];

    // Place of each vote column in the order of Emotion, then unknown, NF.
    private static readonly int[] Place =
        [.. Columns.Skip(2).Select((name, i) => EmotionNames.TryParse(name, out var emotion) ? (int)emotion : i)];

    /// <summary>What each vote is for.</summary>
    internal static readonly string[] SlotNames = [.. EmotionNames.All, "unknown", "NF"];

    private readonly List<byte> _votes = [];
    private readonly List<Usage> _usage = [];
    private readonly List<string> _names = [];

    private FerPlusVotes() { }

    /// <summary>Number of rows.</summary>
    internal int Count => _usage.Count;

    /// <summary>The split of a row.</summary>
    internal Usage Usage(int row) => _usage[row];

    /// <summary>False for a row without an image name: not a face.</summary>
    internal bool HasImage(int row) => _names[row].Length > 0;

    /// <summary>The row of each picture by its name.</summary>
    internal Dictionary<string, int> RowsByName()
    {
        var rows = new Dictionary<string, int>();
        for (int row = 0; row < Count; row++)
            if (HasImage(row)) rows.TryAdd(_names[row], row);
        return rows;
    }

    /// <summary>Writes the ten votes of a row, all 0 where it has no image name.</summary>
    internal void CopyTo(int row, Span<float> votes)
    {
        for (int i = 0; i < VoteCount; i++) votes[i] = HasImage(row) ? _votes[row * VoteCount + i] : 0;
    }

    /// <summary>Refuses votes that are given for something else than rows of a CSV.</summary>
    /// <exception cref="FerUsageException">The source has no such rows.</exception>
    internal static void CheckGiven(FaceSource source, string? given)
    {
        if (given is not null && source is not FerCsvSource)
        {
            throw new FerUsageException(
                $"{given}: FER+ votes belong to the rows of the FER2013 CSV, which {source.Name} is not. Leave them out, or use the CSV.");
        }
    }

    /// <summary>
    /// The votes on a source's rows: those given, or for classes with contempt those that lie beside the CSV or in the folder data.
    /// </summary>
    /// <returns>The file; null where none is given and none needed.</returns>
    /// <exception cref="FerUsageException">
    /// The scheme needs votes and there are none, or votes are given for something else than the CSV.
    /// </exception>
    internal static string? Find(FaceSource source, LabelScheme scheme, string? given)
    {
        CheckGiven(source, given);
        if (given is not null) return given;
        if (!FerPlusTarget.AreLabels(scheme) || source is ImageFileSource || HasContempt(source)) return null;
        if (source is FerCsvSource)
        {
            string[] folders = [Path.GetDirectoryName(Path.GetFullPath(source.Name))!, DataLocator.DataFolder];
            if (folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists) is { } place) return place;
        }
        throw new FerUsageException($"The classes of '{scheme.Definition}' include contempt, which takes the FER+ votes on the rows " +
            $"of the FER2013 CSV. {Source} Put it beside fer2013.csv or name it with --fer-plus.");
    }

    // A CSV whose labels are names may know contempt by itself.
    private static bool HasContempt(FaceSource source) =>
        source.FindLabels()?.Any(label => EmotionNames.TryParse(label, out var emotion) && emotion == Emotion.Contempt) == true;

    /// <summary>Reads the file.</summary>
    /// <exception cref="FerException">It is missing or broken; the message says where.</exception>
    internal static FerPlusVotes Read(string path)
    {
        using var reader = new ByteLineReader(new DataInput(path).Open(), path);
        var fields = new CsvField[Columns.Length];
        if (!reader.MoveNext()) throw new FerException($"{path}: the file holds no line of text. {Source}");
        int count = CsvFields.Split(reader.Line, fields);
        for (int i = 0; i < Columns.Length; i++)
        {
            string name = i < count ? FerCsvHeader.Printable(fields[i].Of(reader.Line)) : "";
            if (count != Columns.Length || !name.Equals(Columns[i], StringComparison.OrdinalIgnoreCase))
                throw new FerException($"{path}, line {reader.LineNumber}: " +
                    $"not the header of FER+, which is '{string.Join(',', Columns)}'. {Source}");
        }
        var votes = new FerPlusVotes();
        Span<byte> row = stackalloc byte[VoteCount];
        while (reader.MoveNext())
        {
            if (reader.Line.Trim((byte)' ').IsEmpty) continue;
            if (CsvFields.Split(reader.Line, fields) != Columns.Length)
                throw new FerException($"{path}, line {reader.LineNumber}: not {Columns.Length} fields. {Source}");
            if (!UsageNames.TryParse(fields[0].Of(reader.Line), out var usage))
                throw new FerException($"{path}, line {reader.LineNumber} (Usage): " +
                    $"'{FerCsvHeader.Printable(fields[0].Of(reader.Line))}' is not a split. {Source}");
            for (int i = 0; i < VoteCount; i++)
            {
                var text = fields[i + 2].Of(reader.Line).Trim((byte)' ');
                if (!Utf8Parser.TryParse(text, out byte value, out int used) || used != text.Length)
                    throw new FerException($"{path}, line {reader.LineNumber} ({Columns[i + 2]}): " +
                        $"'{FerCsvHeader.Printable(text)}' is not a number of votes. {Source}");
                row[Place[i]] = value;
            }
            votes._votes.AddRange(row);
            votes._usage.Add(usage);
            votes._names.Add(Encoding.UTF8.GetString(fields[1].Of(reader.Line)).Trim());
        }
        return votes;
    }
}
