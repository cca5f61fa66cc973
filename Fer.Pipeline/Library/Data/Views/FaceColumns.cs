using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>The columns of every view of faces.</summary>
public static class FaceColumns
{
    /// <summary>Key of the emotion: its number in <see cref="Faces.Emotion"/> plus 1.</summary>
    public const string Emotion = "Emotion";

    /// <summary>Vector of 2,304 bytes: 48x48 grey values, row-major.</summary>
    public const string Pixels = "Pixels";

    /// <summary>Key of the split: its number in <see cref="Faces.Usage"/> plus 1.</summary>
    public const string Usage = "Usage";

    /// <summary>Row in the source, from 0, broken rows counted too (Int64).</summary>
    public const string Row = "Row";

    /// <summary>Vector of ten numbers, only where FER+ is joined: votes for the eight emotions in the order of <see cref="Faces.Emotion"/>, then unknown, then not a face.</summary>
    public const string Votes = "Votes";

    private static readonly (string, DataViewType, DataViewSchema.Annotations?)[] Basic =
    [
        (Emotion, new KeyDataViewType(EmotionNames.All.Count), new(EmotionNames.All, [])),
        (Pixels, VectorDataViewType.Bytes(Face.PixelCount), null),
        (Usage, new KeyDataViewType(3), new(Enum.GetNames<Usage>(), [])),
        (Row, NumberDataViewType.Int64, null),
    ];

    internal static DataViewSchema Schema { get; } = new(Basic);

    internal static DataViewSchema SchemaWithVotes { get; } =
        new(Basic.Append((Votes, VectorDataViewType.Singles(FerPlusVotes.VoteCount), new([], [.. EmotionNames.All, "unknown", "NF"]))));
}
