namespace Fer.Output;

/// <summary>What the rows of a <see cref="FaceTable"/> are about.</summary>
internal enum FaceTableKind
{
    /// <summary>Pictures: the file, how many faces it has, and each face.</summary>
    Pictures,

    /// <summary>One video: the time and each face.</summary>
    Video,

    /// <summary>Videos, and maybe pictures, which have no time.</summary>
    Files,
}

/// <summary>Faces as comma-separated values, a row a face, under one header.</summary>
/// <param name="output">Where to.</param>
/// <param name="kind">Which columns there are.</param>
/// <param name="classNames">The model's classes, each a column of probabilities.</param>
internal sealed class FaceTable(TextWriter output, FaceTableKind kind, IReadOnlyList<string> classNames)
{
    private static readonly string[] FaceColumns = ["x", "y", "width", "height", "score", "emotion", "confidence"];

    private bool _hasHeader;

    /// <summary>Writes a row.</summary>
    /// <param name="file">Whose face it is.</param>
    /// <param name="seconds">When in a video.</param>
    /// <param name="faces">How many faces the picture or frame has.</param>
    /// <param name="face">The number of this one.</param>
    /// <param name="cells">As <see cref="CsvText.Face"/> has them; null for none.</param>
    /// <param name="error">Why there are none.</param>
    internal void Write(string file, double? seconds, int? faces, int? face, IEnumerable<string>? cells, string? error = null)
    {
        WriteHeader();
        output.WriteLine(CsvText.Row(Row(file, seconds is { } time ? CsvText.Number(time, 3) : "", Text(faces), Text(face),
            cells ?? Enumerable.Repeat("", FaceColumns.Length + classNames.Count), error ?? "")));

        static string Text(int? number) => number is { } value ? CsvText.Number(value) : "";
    }

    /// <summary>Writes the header, where it is not there yet.</summary>
    internal void WriteHeader()
    {
        if (_hasHeader) return;
        _hasHeader = true;
        output.WriteLine(CsvText.Row(Row("file", "seconds", "faces", "face", [.. FaceColumns, .. classNames], "error")));
    }

    private IEnumerable<string> Row(string file, string seconds, string faces, string face, IEnumerable<string> cells, string error) =>
        kind switch
        {
            FaceTableKind.Pictures => [file, faces, face, .. cells, error],
            FaceTableKind.Video => [seconds, face, .. cells],
            _ => [file, seconds, faces, face, .. cells, error],
        };
}
