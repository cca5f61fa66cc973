using System.Globalization;
using System.Text;
using Fer.Pipeline;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Data;

/// <summary>A CSV of faces in one of the dialects that are read, some of its rows broken, and what the sound ones hold.</summary>
internal sealed class OddCsv
{
    private const int Pixels = Fer.Pipeline.Faces.Face.PixelCount;

    private static readonly string[] LabelNames = ["emotion", "Emotion", "label", "LABELS", "class", "expression", "target"];
    private static readonly string[] UsageColumns = ["Usage", "usage", "split", "SET"];
    private static readonly string[] Splits = ["Training", "PublicTest", "PrivateTest", "train", "VAL", "test"];
    private static readonly string[] BadPixels = ["256", "-1", "x", "1e9", "3.5", "999999999999", "\u00e9", "\0", ""];
    private static readonly string[] BadLabels = ["7", "-1", "99999999999999999999", "hapy", "", "3.5", "\u001b[2J", "\ud83d\ude00"];

    private readonly StringBuilder _text = new();
    private readonly char _separator;
    private readonly string _lineEnd;
    private readonly bool _hasNames, _hasUsage, _isQuoted;
    private readonly int[] _order;

    private OddCsv(ref RandomStream random)
    {
        _separator = ",;\t|"[random.NextInt32(4)];
        _lineEnd = random.NextBoolean(0.5) ? "\n" : "\r\n";
        _hasNames = random.NextBoolean(0.4);
        _hasUsage = random.NextBoolean(0.6);
        _isQuoted = random.NextBoolean(0.3);
        _order = [0, 1, 2, 3];
        random.Shuffle<int>(_order);
    }

    /// <summary>What the file holds that can be read: label and pixels of each sound row.</summary>
    internal List<(Emotion Emotion, byte[] Pixels)> Sound { get; } = [];

    /// <summary>How many rows are broken.</summary>
    internal int Broken { get; private set; }

    /// <summary>The file's text.</summary>
    internal string Text => _text.ToString();

    internal static OddCsv Of(ref RandomStream random)
    {
        var csv = new OddCsv(ref random);
        if (random.NextBoolean(0.2)) csv._text.Append('\ufeff');
        csv.Line([LabelNames[random.NextInt32(LabelNames.Length)], "pixels",
            UsageColumns[random.NextInt32(UsageColumns.Length)], "note"], ref random);
        int rows = 1 + random.NextInt32(4);
        // A row of names or numbers first: the first label says which of them the file has.
        csv.Row(isBroken: false, ref random);
        for (int i = 0; i < rows; i++) csv.Row(random.NextBoolean(0.4), ref random);
        return csv;
    }

    private void Row(bool isBroken, ref RandomStream random)
    {
        int emotion = random.NextInt32(7);
        byte[] pixels = FerCsv.PixelValues(random.NextInt32(1000));
        string label = _hasNames ? EmotionNames.All[emotion] : emotion.ToString(CultureInfo.InvariantCulture);
        string text = string.Join(' ', pixels), usage = Splits[random.NextInt32(Splits.Length)], more = "";
        if (isBroken)
        {
            switch (random.NextInt32(6))
            {
                case 0: label = BadLabels[random.NextInt32(BadLabels.Length)]; break;
                case 1: text = FerCsv.Pixels(1, Pixels - 1); break;
                case 2: text = FerCsv.Pixels(1, Pixels + 1); break;
                case 3: text = $"{BadPixels[random.NextInt32(BadPixels.Length)]} {FerCsv.Pixels(1, Pixels - 1)}"; break;
                case 4: more = _separator + "more"; break;
                default: more = _separator + "\"open"; break;
            }
            // A pixel of no text leaves one too few, and an empty last field is no field too many.
            Broken++;
        }
        else
        {
            Sound.Add(((Emotion)emotion, pixels));
            if (random.NextBoolean(0.2)) label = $" {label} ";
            else if (!_hasNames && random.NextBoolean(0.2)) label += ".0";
        }
        if (random.NextBoolean(0.1)) _text.Append(_lineEnd);
        Line([label, _isQuoted ? $"\"{text}\"" : text, usage, _isQuoted ? $"\"a{_separator}\"\"b\"" : "n"], ref random, more);
    }

    private void Line(string[] fields, ref RandomStream random, string more = "")
    {
        var placed = _order.Where(place => place != 2 || _hasUsage).Select(place => fields[place]);
        _text.AppendJoin(_separator, placed).Append(more).Append(_lineEnd);
    }
}
