using System.Text;
using System.Text.Unicode;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// Walks over the rows of a CSV of faces. The file is opened at the first move. A column not asked for is not looked at, unless broken rows
/// are skipped: then a row is sound or not whatever is asked for.
/// </summary>
internal sealed class FerCsvReader : FaceReader
{
    private readonly DataInput _file;
    private readonly FaceViewOptions _options;
    private readonly LabelScheme? _scheme;
    private readonly bool _wantsPixels, _wantsUsage;
    private readonly StratifiedSplit _split;
    private readonly LabelMap _map;
    // Names of labels already met, so that each is one string.
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _namesByText;
    private readonly char[] _chars = new char[4096];
    private readonly byte[] _pixels = new byte[Face.PixelCount];
    private ByteLineReader? _reader;
    private FerCsvHeader? _header;
    private CsvField[] _fields = [];
    private byte[] _joined = [];
    private bool? _hasNumbers;

    internal FerCsvReader(DataInput file, FaceViewOptions options, LabelScheme? scheme, bool usage, bool pixels, bool checks)
    {
        (_file, _options, _scheme) = (file, options, scheme);
        _split = new StratifiedSplit(options.Seed);
        _map = new LabelMap(options.LabelMap);
        _namesByText = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        _wantsPixels = pixels || checks;
        _wantsUsage = usage || checks;
    }

    /// <summary>True where the labels are FER2013's numbers, by the first row; known once the reader moved.</summary>
    internal bool HasNumbers => _hasNumbers == true;

    internal override ReadOnlySpan<byte> Pixels => _pixels;

    internal override bool MoveNext()
    {
        if (_reader is null) Open();
        while (_reader!.MoveNext())
        {
            if (_reader.Line.Trim((byte)' ').IsEmpty) continue;
            Row++;
            if (Check(ReadRow())) return true;
        }
        return false;
    }

    private bool Check(string? fault)
    {
        if (fault is null) return true;
        _options.Report(new FerException($"{_file.Path}, line {_reader!.LineNumber}{fault} Mend or remove the row, or skip bad rows " +
            "(--skip-bad-rows)."));
        return false;
    }

    private void Open()
    {
        _reader = new ByteLineReader(_file.Open(), _file.Path);
        _header = FerCsvHeader.Read(_reader, _file.Path);
        _fields = new CsvField[_header.Count];
    }

    /// <summary>Reads the columns asked for. The text of a fault follows the line number in the message.</summary>
    private string? ReadRow()
    {
        int count = CsvFields.Split(_reader!.Line, _fields, _header!.Separator);
        if (count < 0) return ": a quote is not closed, or text follows it.";
        if (count != _header.Count) return $": {count} fields where the header has {_header.Count}.";
        if (ReadLabel(_fields[_header.Emotion]) is { } fault) return fault;
        // Before the pixels, so that a row broken there leaves the splits of the others as they are.
        if (_wantsUsage && _header.Usage < 0) Usage = _split.Next(Label);
        else if (_wantsUsage && ReadUsage(_fields[_header.Usage]) is { } usageFault) return usageFault;
        return !_wantsPixels ? null : _header.HasColumnAPixel ? ReadPixelColumns() : ReadPixels(_fields[_header.Pixels]);
    }

    private string? ReadLabel(CsvField field)
    {
        var text = WithoutFraction(field.Of(_reader!.Line).Trim((byte)' '));
        _hasNumbers ??= _map.IsEmpty && !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        if (_hasNumbers == true && text.Length == 1 && (uint)(text[0] - '0') <= 6)
        {
            Label = EmotionNames.All[text[0] - '0'];
            return null;
        }
        return ReadName(text) is { } why ? $", column {field.Start + 1} ({_header!.Names[_header.Emotion]}): {why}" : null;
    }

    private string? ReadName(ReadOnlySpan<byte> text)
    {
        if (text.Length > _chars.Length) return $"{text.Length:N0} bytes are no label.";
        if (!Utf8.IsValid(text))
            return $"'{FerCsvHeader.Printable(text)}' is not UTF-8. Save the table as UTF-8.";
        var written = _chars.AsSpan(0, Encoding.UTF8.GetChars(text, _chars)).Trim();
        if (_namesByText.TryGetValue(written, out string? known))
        {
            Label = known;
            return null;
        }
        string name = written.ToString();
        if (_hasNumbers == true && !EmotionNames.TryParse(name, out _))
        {
            return name.Length > 0 && name.All(char.IsAsciiDigit)
                ? $"{name} is not an emotion. FER2013 has 0 to 6: angry, disgust, fear, happy, sad, surprise, neutral. Where the numbers " +
                    "mean something else, say what: --map 0=neutral,1=happy, and so on."
                : EmotionNames.Unknown(name);
        }
        if (LabelText.Fault(name) is { } fault) return fault;
        if (LabelMap.IsNumber(name) && !_map.Names(name))
            return $"'{name}' does not say what the face shows. Say it: --map {LabelText.Escape(name)}=happy.";
        string label = _map.Of(name);
        if (_scheme is { IsOfEmotions: true } && !EmotionNames.TryParse(label, out _)) return EmotionNames.Unknown(label);
        _names[name] = Label = label;
        return null;
    }

    // Tables that went through floating point hold 3.0 for 3.
    private static ReadOnlySpan<byte> WithoutFraction(ReadOnlySpan<byte> text)
    {
        int point = text.Length > 1 ? text.IndexOf((byte)'.') : -1;
        if (point < 1) return text;
        bool isWhole = !text[..point].ContainsAnyExceptInRange((byte)'0', (byte)'9') && !text[(point + 1)..].ContainsAnyExcept((byte)'0');
        return isWhole ? text[..point] : text;
    }

    private string? ReadUsage(CsvField field)
    {
        var text = field.Of(_reader!.Line).Trim((byte)' ');
        if (UsageNames.TryParse(text, out var usage))
        {
            Usage = usage;
            return null;
        }
        string name = FerCsvHeader.Printable(text);
        return $", column {field.Start + 1} ({_header!.Names[_header.Usage]}): '{name}' is not a split." +
            $"{NearestName.Hint(name, UsageNames.All)} Known are {string.Join(", ", UsageNames.All)}, and train, val and test.";
    }

    private string? ReadPixels(CsvField field)
    {
        if (PixelParser.TryParse(_reader!.Buffer, _reader.Start + field.Start, field.Length, _pixels)) return null;
        return Explain(field.Of(_reader.Line), field.Start);
    }

    /// <summary>Pixels that have a column each: with blanks between them they are a field like any other.</summary>
    private string? ReadPixelColumns()
    {
        CsvField first = _fields[_header!.Pixels], last = _fields[_header.Pixels + Face.PixelCount - 1];
        int length = last.Start + last.Length - first.Start;
        int room = length + 2 * ByteLineReader.Slack;
        if (_joined.Length < room) _joined = new byte[room];
        var text = _joined.AsSpan(ByteLineReader.Slack, length);
        _reader!.Line.Slice(first.Start, length).CopyTo(text);
        text.Replace(_header.Separator, (byte)' ');
        text.Replace((byte)'"', (byte)' ');
        if (PixelParser.TryParse(_joined, ByteLineReader.Slack, length, _pixels)) return null;
        return Explain(text, first.Start);
    }

    private string? Explain(ReadOnlySpan<byte> text, int start)
    {
        if (PixelParser.TryParseWhole(text, _pixels)) return null;
        var fault = PixelParser.FindFault(text, _pixels);
        return fault.Kind == PixelFaultKind.Value
            ? $", column {start + fault.Offset + 1} (pixels, value {fault.Index + 1}): " +
                $"'{FerCsvHeader.Printable(text.Slice(fault.Offset, fault.Length))}' is not a grey value of 0 to 255." +
                (text.Slice(fault.Offset, fault.Length).Contains((byte)'.') ? " Multiply values that were scaled to 0 … 1 by 255." : "")
            : $", column {start + 1} (pixels): {fault.Index:N0} values where a face has {Face.PixelCount:N0} (48 x 48).";
    }

    public override void Dispose() => _reader?.Dispose();
}
