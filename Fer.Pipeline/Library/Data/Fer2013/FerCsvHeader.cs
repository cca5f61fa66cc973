using System.Text;

namespace Fer.Pipeline.Data;

/// <summary>
/// Where the columns of a CSV of faces stand: <c>emotion</c> (or <c>label</c>, ...), <c>pixels</c> or one column a pixel, and <c>Usage</c>
/// where it has one. Others are passed over. Fields may be apart by commas, semicolons, tabs or bars.
/// </summary>
internal sealed class FerCsvHeader
{
    private const int MostOtherColumns = 64;

    /// <summary>Names of the column with the label, the wanted first.</summary>
    internal static readonly string[] LabelNames =
        ["emotion", "label", "emotions", "labels", "class", "expression", "category", "target"];

    /// <summary>Names of the column with the split, the wanted first.</summary>
    internal static readonly string[] UsageColumns = ["Usage", "split", "subset", "set", "partition"];

    private static readonly string[] PixelNames = ["pixels", "pixel"];

    private FerCsvHeader(byte separator, string[] names) => (Separator, Names) = (separator, names);

    /// <summary>The byte between two fields.</summary>
    internal byte Separator { get; }

    /// <summary>All column names.</summary>
    internal string[] Names { get; }

    /// <summary>Number of columns.</summary>
    internal int Count => Names.Length;

    /// <summary>Place of the label, from 0.</summary>
    internal int Emotion { get; private init; }

    /// <summary>Place of the pixels, from 0; of the first of them, where each has a column.</summary>
    internal int Pixels { get; private init; }

    /// <summary>True where each pixel has a column of its own.</summary>
    internal bool HasColumnAPixel { get; private init; }

    /// <summary>Place of the usage, from 0; -1 where there is none.</summary>
    internal int Usage { get; private init; }

    /// <summary>Reads the header line, names quoted or not, in any case and order.</summary>
    /// <exception cref="FerException">It is no header of a CSV of faces.</exception>
    internal static FerCsvHeader Read(ByteLineReader reader, string path)
    {
        do
        {
            if (!reader.MoveNext())
                throw new FerException($"{path}: the file holds no line of text. Copy or download it again.");
        }
        while (reader.Line.Trim((byte)' ').IsEmpty);

        string where = $"{path}, line {reader.LineNumber}";
        byte separator = SeparatorOf(reader.Line);
        if (Columns(reader.Line, separator) is not { } names) throw Refuse(reader, where, ": not a CSV header.");
        int emotion = Find(names, LabelNames, where), usage = Find(names, UsageColumns, where);
        int pixels = Find(names, PixelNames, where);
        bool single = pixels < 0 && emotion >= 0;
        if (single) pixels = FirstPixel(names, emotion, usage);
        if (emotion >= 0 && pixels >= 0)
            return new FerCsvHeader(separator, names) { Emotion = emotion, Pixels = pixels, HasColumnAPixel = single, Usage = usage };

        string missing = emotion < 0 ? LabelNames[0] : PixelNames[0];
        string hint = char.IsAsciiDigit(names[0].FirstOrDefault())
            ? " This looks like a row; put the line 'emotion,pixels,Usage' above it."
            : NearestName.Find(missing, names) is { } near ? $" Rename the column '{near}'." : "";
        if (names.Length > MostOtherColumns)
            hint += $" Where each pixel has a column, {Faces.Face.PixelCount:N0} of them stand side by side.";
        throw Refuse(reader, where, $": no column '{missing}' among {string.Join(", ", names.Take(8).Select(name => $"'{name}'"))}" +
            $"{(names.Length > 8 ? ", …" : "")}.{hint}");
    }

    /// <summary>The byte that a line's fields are apart by: a comma, unless there is none and another there is.</summary>
    internal static byte SeparatorOf(ReadOnlySpan<byte> line)
    {
        foreach (byte candidate in ",;\t|"u8)
            if (line.Contains(candidate)) return candidate;
        return (byte)',';
    }

    /// <summary>The fields of a header; null where a quote is not closed, or there are more than any file of faces has.</summary>
    internal static string[]? Columns(ReadOnlySpan<byte> line, byte separator)
    {
        var fields = new CsvField[Faces.Face.PixelCount + MostOtherColumns];
        int count = CsvFields.Split(line, fields, separator);
        if (count < 0 || count > fields.Length) return null;
        var names = new string[count];
        for (int i = 0; i < count; i++) names[i] = Printable(fields[i].Of(line));
        return names;
    }

    private const string Expected = "A FER2013 CSV starts with the line 'emotion,pixels,Usage' (any order; Usage may be left out).";

    private static FerException Refuse(ByteLineReader reader, string where, string what) =>
        new(FileContents.Describe(reader.Text) is { } kind ? $"{where}: {kind}" : $"{where}{what} {Expected}");

    /// <summary>The first of as many columns as a face has pixels, none of them another known one; -1 where there are not.</summary>
    private static int FirstPixel(string[] names, int emotion, int usage)
    {
        int start = 0;
        for (int i = 0; i <= names.Length; i++)
        {
            if (i < names.Length && i != emotion && i != usage && char.IsAsciiDigit(names[i].LastOrDefault())) continue;
            if (i - start == Faces.Face.PixelCount) return start;
            start = i + 1;
        }
        return -1;
    }

    /// <summary>The place of the column with the first of some names that is there; -1 where none is.</summary>
    /// <exception cref="FerException">It is there twice.</exception>
    internal static int Find(string[] names, string[] wanted, string where)
    {
        foreach (string name in wanted)
        {
            int found = Array.FindIndex(names, one => one.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (found < 0) continue;
            int again = Array.FindIndex(names, found + 1, one => one.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (again < 0) return found;
            throw new FerException($"{where}: the column '{name}' is there twice, as columns {found + 1} and {again + 1}. Remove one.");
        }
        return -1;
    }

    /// <summary>Text of a field for a message: trimmed, cut to 40 characters, without control characters.</summary>
    internal static string Printable(ReadOnlySpan<byte> field)
    {
        var text = Encoding.UTF8.GetString(field[..Math.Min(field.Length, 160)]).Trim();
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length > 40 ? clean[..40] + "…" : clean;
    }
}
