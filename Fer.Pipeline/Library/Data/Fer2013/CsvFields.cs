namespace Fer.Pipeline.Data;

/// <summary>A field of a line: where it starts and its bytes, quotes around it left out.</summary>
internal readonly record struct CsvField(int Start, int Length)
{
    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> line) => line.Slice(Start, Length);
}

/// <summary>
/// Cuts a line at its commas, or what stands for them (RFC 4180; a quoted field may hold commas, but no line break).
/// </summary>
internal static class CsvFields
{
    /// <summary>Fields of a line, at most <paramref name="fields"/>.Length of them stored.</summary>
    /// <param name="line">The line.</param>
    /// <param name="fields">Takes the fields.</param>
    /// <param name="separator">What stands between two fields.</param>
    /// <returns>How many there are; -1 where a quote is not closed or text follows the closing one.</returns>
    internal static int Split(ReadOnlySpan<byte> line, Span<CsvField> fields, byte separator = (byte)',')
    {
        int count = 0, at = 0;
        while (true)
        {
            CsvField field;
            int next;
            if (at < line.Length && line[at] == '"')
            {
                int close = ClosingQuote(line, at + 1);
                if (close < 0 || (close + 1 < line.Length && line[close + 1] != separator)) return -1;
                field = new CsvField(at + 1, close - at - 1);
                next = close + 1;
            }
            else
            {
                int end = line[at..].IndexOf(separator);
                next = end < 0 ? line.Length : at + end;
                field = new CsvField(at, next - at);
            }
            if (count < fields.Length) fields[count] = field;
            count++;
            if (next == line.Length) return count;
            at = next + 1;
        }
    }

    private static int ClosingQuote(ReadOnlySpan<byte> line, int from)
    {
        while (true)
        {
            int quote = line[from..].IndexOf((byte)'"');
            if (quote < 0) return -1;
            quote += from;
            if (quote + 1 >= line.Length || line[quote + 1] != '"') return quote;
            from = quote + 2; // Two quotes stand for one.
        }
    }
}
