using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// Walks over the rows of a FER2013 CSV. The file is opened at the first move. A column not asked for is not looked at, unless broken rows
/// are skipped: then a row is sound or not whatever is asked for.
/// </summary>
internal sealed class FerCsvReader : FaceReader
{
    private readonly string _path;
    private readonly FaceViewOptions _options;
    private readonly bool _wantsPixels, _wantsUsage;
    private readonly StratifiedSplit _split;
    private readonly byte[] _pixels = new byte[Face.PixelCount];
    private ByteLineReader? _reader;
    private FerCsvHeader? _header;
    private CsvField[] _fields = [];

    internal FerCsvReader(string path, FaceViewOptions options, bool usage, bool pixels)
    {
        (_path, _options) = (path, options);
        _split = new StratifiedSplit(options.Seed);
        _wantsPixels = pixels || options.OnBadRow is not null;
        _wantsUsage = usage || options.OnBadRow is not null;
    }

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
        _options.Report(new FerException($"{_path}, line {_reader!.LineNumber}{fault} Mend or remove the row, or skip bad rows " +
            "(--skip-bad-rows)."));
        return false;
    }

    private void Open()
    {
        _reader = new ByteLineReader(DataFile.Open(_path), _path);
        _header = FerCsvHeader.Read(_reader, _path);
        _fields = new CsvField[_header.Count];
    }

    /// <summary>Reads the columns asked for. The text of a fault follows the line number in the message.</summary>
    private string? ReadRow()
    {
        int count = CsvFields.Split(_reader!.Line, _fields);
        if (count < 0) return ": a quote is not closed, or text follows it.";
        if (count != _header!.Count) return $": {count} fields where the header has {_header.Count}.";
        if (ReadEmotion(_fields[_header.Emotion]) is { } fault) return fault;
        // Before the pixels, so that a row broken there leaves the splits of the others as they are.
        if (_wantsUsage && _header.Usage < 0) Usage = _split.Next(Emotion);
        else if (_wantsUsage && ReadUsage(_fields[_header.Usage]) is { } usageFault) return usageFault;
        return _wantsPixels ? ReadPixels(_fields[_header.Pixels]) : null;
    }

    private string? ReadEmotion(CsvField field)
    {
        var text = field.Of(_reader!.Line).Trim((byte)' ');
        if (text.Length == 1 && (uint)(text[0] - '0') <= 6)
        {
            Emotion = (Emotion)(text[0] - '0');
            return null;
        }
        string name = FerCsvHeader.Printable(text);
        if (EmotionNames.TryParse(name, out var emotion))
        {
            Emotion = emotion;
            return null;
        }
        string why = name.Length > 0 && name.All(char.IsAsciiDigit)
            ? $"{name} is not an emotion. FER2013 has 0 to 6: angry, disgust, fear, happy, sad, surprise, neutral."
            : EmotionNames.Unknown(name);
        return $", column {field.Start + 1} (emotion): {why}";
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
        return $", column {field.Start + 1} (Usage): '{name}' is not a split.{NearestName.Hint(name, UsageNames.All)} " +
            $"Known are {string.Join(", ", UsageNames.All)}.";
    }

    private string? ReadPixels(CsvField field)
    {
        if (PixelParser.TryParse(_reader!.Buffer, _reader.Start + field.Start, field.Length, _pixels)) return null;
        var text = field.Of(_reader.Line);
        var fault = PixelParser.FindFault(text, _pixels);
        return fault.Kind == PixelFaultKind.Value
            ? $", column {field.Start + fault.Offset + 1} (pixels, value {fault.Index + 1}): " +
                $"'{FerCsvHeader.Printable(text.Slice(fault.Offset, fault.Length))}' is not a grey value of 0 to 255."
            : $", column {field.Start + 1} (pixels): {fault.Index:N0} values where a face has {Face.PixelCount:N0} (48 x 48).";
    }

    public override void Dispose() => _reader?.Dispose();
}
