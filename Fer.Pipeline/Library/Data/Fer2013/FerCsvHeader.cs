using System.Text;

namespace Fer.Pipeline.Data;

/// <summary>
/// Where the columns of a FER2013 CSV stand: <c>emotion</c> and <c>pixels</c>, and <c>Usage</c> where it has one. Others are passed over.
/// </summary>
internal sealed class FerCsvHeader
{
    private const int MostColumns = 64;
    private static readonly string[] Known = ["emotion", "pixels", "Usage"];

    private FerCsvHeader(int count, int emotion, int pixels, int usage) =>
        (Count, Emotion, Pixels, Usage) = (count, emotion, pixels, usage);

    /// <summary>Number of columns.</summary>
    internal int Count { get; }

    /// <summary>Place of the emotion, from 0.</summary>
    internal int Emotion { get; }

    /// <summary>Place of the pixels, from 0.</summary>
    internal int Pixels { get; }

    /// <summary>Place of the usage, from 0; -1 where there is none.</summary>
    internal int Usage { get; }

    /// <summary>Reads the header line, names quoted or not, in any case and order.</summary>
    /// <exception cref="FerException">It is no header of a FER2013 CSV.</exception>
    internal static FerCsvHeader Read(ByteLineReader reader, string path)
    {
        do
        {
            if (!reader.MoveNext())
                throw new FerException($"{path}: the file holds no line of text. Copy or download it again.");
        }
        while (reader.Line.Trim((byte)' ').IsEmpty);

        Span<CsvField> fields = stackalloc CsvField[MostColumns];
        int count = CsvFields.Split(reader.Line, fields);
        string where = $"{path}, line {reader.LineNumber}";
        if (count is < 0 or > MostColumns)
            throw new FerException($"{where}: not a CSV header. {Expected}");
        var names = new string[count];
        for (int i = 0; i < count; i++)
            names[i] = Printable(fields[i].Of(reader.Line));
        int emotion = Find(names, 0, where), pixels = Find(names, 1, where), usage = Find(names, 2, where);
        if (emotion >= 0 && pixels >= 0) return new FerCsvHeader(count, emotion, pixels, usage);

        string missing = emotion < 0 ? Known[0] : Known[1];
        string hint = char.IsAsciiDigit(names[0].FirstOrDefault())
            ? "This looks like a row; put the line 'emotion,pixels,Usage' above it."
            : (NearestName.Find(missing, names) is { } near ? $"Rename the column '{near}'. " : "") + Expected;
        throw new FerException($"{where}: " +
            $"no column '{missing}' among {string.Join(", ", names.Take(8).Select(name => $"'{name}'"))}. {hint}");
    }

    private const string Expected = "A FER2013 CSV starts with the line 'emotion,pixels,Usage' (any order; Usage may be left out).";

    private static int Find(string[] names, int known, string where)
    {
        int found = -1;
        for (int i = 0; i < names.Length; i++)
        {
            if (!names[i].Equals(Known[known], StringComparison.OrdinalIgnoreCase)) continue;
            if (found >= 0)
                throw new FerException($"{where}: the column '{Known[known]}' is there twice, as columns {found + 1} and {i + 1}. " +
                    "Remove one.");
            found = i;
        }
        return found;
    }

    /// <summary>Text of a field for a message: trimmed, cut to 40 characters, without control characters.</summary>
    internal static string Printable(ReadOnlySpan<byte> field)
    {
        var text = Encoding.UTF8.GetString(field[..Math.Min(field.Length, 160)]).Trim();
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length > 40 ? clean[..40] + "…" : clean;
    }
}
