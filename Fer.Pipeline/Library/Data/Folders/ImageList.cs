using System.Text;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Data;

/// <summary>
/// Reads a list of pictures and their labels beside the pictures themselves, as RAF-DB and AffectNet come: a CSV with a column of paths,
/// one of labels and maybe one of splits, or lines of a path and a label without a header. Paths are below the list's folder; where a
/// picture is not there, the one of that name in a folder below it is meant.
/// </summary>
internal static class ImageList
{
    private const int MostFields = 256;

    private static readonly string[] PathNames =
    [
        "path", "pth", "file", "filename", "file_name", "filepath", "file_path", "image", "image_path", "image_name", "img", "img_path",
        "image name", "subDirectory_filePath", "name",
    ];

    /// <summary>True for a file that begins as a list of pictures does.</summary>
    /// <exception cref="FerException">The file cannot be read.</exception>
    internal static bool IsOne(DataInput file)
    {
        using var reader = new ByteLineReader(file.Open(), file.Path);
        return Layout.TryRead(reader, file.Path, out _);
    }

    /// <summary>All pictures, in the list's order.</summary>
    /// <param name="file">The list.</param>
    /// <param name="options">The map of labels, and who is told of the reading.</param>
    /// <exception cref="FerException">The list cannot be read, names no picture, or its labels do not say what they mean.</exception>
    internal static ImageListing Read(DataInput file, FaceViewOptions options)
    {
        using var reader = new ByteLineReader(file.Open(), file.Path);
        if (!Layout.TryRead(reader, file.Path, out var layout))
            throw new FerException($"{file.Path}: no list of pictures: neither a column of paths and one of labels, nor lines of both.");
        var images = new List<LabelledImage>();
        var faults = new List<string>();
        var pictures = new PictureFinder(Path.GetDirectoryName(Path.GetFullPath(file.Path))!);
        for (bool isRow = !layout.HasHeader; isRow || reader.MoveNext(); isRow = false)
        {
            if (reader.Line.Trim(" \t"u8).IsEmpty) continue;
            if (Row(reader, layout, pictures, out var image) is { } fault) faults.Add($"{file.Path}, line {reader.LineNumber}: {fault}");
            else images.Add(image);
        }
        if (images.Count == 0)
            throw new FerException(faults.Count > 0 ? faults[0] : $"{file.Path}: a list without a picture.");
        // A split that only some paths name is none.
        if (layout.Usage < 0 && images.Any(image => image.Usage is null))
            images = [.. images.Select(image => image with { Usage = null })];
        return new ImageListing(ImageListing.WithValidation(images), faults).Name(file.Path, "labels", options);
    }

    private static string? Row(ByteLineReader reader, Layout layout, PictureFinder pictures, out LabelledImage image)
    {
        image = default;
        if (layout.Split(reader.Line) is not { } fields) return "a quote is not closed, or text follows it.";
        int least = Math.Max(layout.Path, Math.Max(layout.Label, layout.Usage)) + 1;
        if (fields.Length < least) return $"{fields.Length} fields where {least} are wanted.";
        string path = fields[layout.Path].Replace('\\', '/'), label = fields[layout.Label];
        if (LabelText.Fault(label) is { } fault) return fault;
        Usage? usage = null;
        if (layout.Usage >= 0)
        {
            if (!UsageNames.TryParse(fields[layout.Usage], out var split))
                return $"'{fields[layout.Usage]}' is not a split.{NearestName.Hint(fields[layout.Usage], UsageNames.All)} " +
                    $"Known are {string.Join(", ", UsageNames.All)}, and train, val and test.";
            usage = split;
        }
        else
        {
            usage = UsageOf(path);
        }
        if (!pictures.TryFind(path, out string found)) return found;
        image = new LabelledImage(found, label, usage);
        return null;
    }

    // RAF-DB's pictures are train_00001.jpg and test_0001.jpg; others lie in folders train and test.
    private static Usage? UsageOf(string path)
    {
        foreach (string part in path.Split('/'))
            if (UsageNames.TryParse(part, out var usage) || UsageNames.TryParse(part.Split('_')[0], out usage)) return usage;
        return null;
    }

    /// <summary>Where the fields of a line stand.</summary>
    private readonly record struct Layout(byte Separator, bool HasHeader, int Path, int Label, int Usage)
    {
        /// <summary>Reads the first line that is not blank.</summary>
        internal static bool TryRead(ByteLineReader reader, string path, out Layout layout)
        {
            layout = default;
            do
            {
                if (!reader.MoveNext()) return false;
            }
            while (reader.Line.Trim(" \t"u8).IsEmpty);
            byte separator = FerCsvHeader.SeparatorOf(reader.Line);
            if (!reader.Line.Contains(separator)) separator = (byte)' ';
            var bare = new Layout(separator, HasHeader: false, 0, 1, -1);
            if (bare.Split(reader.Line) is not { Length: >= 2 } fields) return false;
            string where = $"{path}, line {reader.LineNumber}";
            int picture = FerCsvHeader.Find(fields, PathNames, where), label = FerCsvHeader.Find(fields, FerCsvHeader.LabelNames, where);
            if (picture >= 0 && label >= 0 && !fields.Contains("pixels", StringComparer.OrdinalIgnoreCase))
            {
                layout = new Layout(separator, HasHeader: true, picture, label,
                    FerCsvHeader.Find(fields, FerCsvHeader.UsageColumns, where));
                return true;
            }
            picture = Array.FindIndex(fields, FileKinds.Pictures.IsNamed);
            if (picture is not (0 or 1)) return false;
            layout = bare with { Path = picture, Label = 1 - picture, Usage = fields.Length == 3 ? 2 : -1 };
            return true;
        }

        /// <summary>The fields, trimmed; null where a quote is not closed. At blanks a line has two, as paths may hold blanks.</summary>
        internal string[]? Split(ReadOnlySpan<byte> line)
        {
            if (Separator == ' ')
            {
                string text = Encoding.UTF8.GetString(line).Trim();
                int blank = text.LastIndexOf(' ');
                return blank < 0 ? [text] : [text[..blank].TrimEnd(), text[(blank + 1)..]];
            }
            Span<CsvField> fields = stackalloc CsvField[MostFields];
            int count = CsvFields.Split(line, fields, Separator);
            if (count is < 0 or > MostFields) return null;
            var texts = new string[count];
            for (int i = 0; i < count; i++) texts[i] = Encoding.UTF8.GetString(fields[i].Of(line)).Trim();
            return texts;
        }
    }
}
