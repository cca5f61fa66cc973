using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Pipeline.Data;

/// <summary>The columns of every view of faces.</summary>
public static class FaceColumns
{
    /// <summary>The class: a key (UInt32) whose KeyValues are the class names, so that key k is class index k - 1.</summary>
    public const string Label = "Label";

    /// <summary>The split (text): Training, PublicTest or PrivateTest.</summary>
    public const string Usage = "Usage";

    /// <summary>Vector of 2,304 bytes: 48x48 grey values, row-major.</summary>
    public const string Pixels = "Pixels";

    /// <summary>
    /// The same face as an <see cref="MLImage"/> of 48x48, Bgra32. It is made only when a getter reads it, and belongs to the caller, who
    /// disposes it; a getter disposes the image it is handed before it puts the next in its place.
    /// </summary>
    public const string Image = "Image";

    /// <summary>Row in the source, from 0, broken rows counted too (Int64).</summary>
    public const string Row = "Row";

    /// <summary>
    /// Vector of ten numbers (Single), only where FER+ is joined: votes for the eight emotions in the order of <see cref="Emotion"/>,
    /// then unknown, then not a face. The slot names tell which is which.
    /// </summary>
    public const string Votes = "Votes";

    /// <summary>Annotation of <see cref="Label"/> (text): the <see cref="LabelScheme.Definition"/> of the classes.</summary>
    internal const string SchemeAnnotation = "LabelScheme";

    /// <summary>ML.NET's name of the annotation with the names of a column's keys.</summary>
    internal const string KeyValues = "KeyValues";

    /// <summary>ML.NET's name of the annotation with the names of a vector's items.</summary>
    internal const string SlotNames = "SlotNames";

    /// <summary>The names of the splits, by <see cref="Faces.Usage"/>.</summary>
    internal static readonly ReadOnlyMemory<char>[] UsageTexts = [.. UsageNames.All.Select(name => name.AsMemory())];

    /// <summary>The column of a name.</summary>
    /// <exception cref="FerUsageException">There is none; the message names the nearest.</exception>
    internal static DataViewSchema.Column Find(DataViewSchema schema, string name) => schema.GetColumnOrNull(name) ??
        throw new FerUsageException($"There is no column '{name}'.{NearestName.Hint(name, schema.Select(column => column.Name))} " +
            $"The columns are {string.Join(", ", schema.Select(column => column.Name))}.");

    /// <summary>The column Row, where there is one of Int64.</summary>
    internal static DataViewSchema.Column? FindRow(DataViewSchema schema) =>
        schema.GetColumnOrNull(Row) is { Type: NumberDataViewType type } column && type == NumberDataViewType.Int64 ? column : null;

    internal static DataViewSchema CreateSchema(LabelScheme scheme, bool votes)
    {
        var label = new DataViewSchema.Annotations.Builder();
        AddTexts(label, KeyValues, scheme.ClassNames);
        label.Add<ReadOnlyMemory<char>>(SchemeAnnotation, TextDataViewType.Instance,
            (ref ReadOnlyMemory<char> value) => value = scheme.Definition.AsMemory());
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(Label, new KeyDataViewType(typeof(uint), scheme.ClassNames.Count), label.ToAnnotations());
        schema.AddColumn(Usage, TextDataViewType.Instance);
        schema.AddColumn(Pixels, new VectorDataViewType(NumberDataViewType.Byte, Face.PixelCount));
        schema.AddColumn(Image, new ImageDataViewType(Face.Side, Face.Side));
        schema.AddColumn(Row, NumberDataViewType.Int64);
        if (votes)
        {
            var slots = new DataViewSchema.Annotations.Builder();
            AddTexts(slots, SlotNames, FerPlusVotes.SlotNames);
            schema.AddColumn(Votes, new VectorDataViewType(NumberDataViewType.Single, FerPlusVotes.VoteCount), slots.ToAnnotations());
        }
        return schema.ToSchema();
    }

    /// <summary>Adds a list of names to a column.</summary>
    internal static void AddTexts(DataViewSchema.Annotations.Builder annotations, string name, IReadOnlyList<string> texts)
    {
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>(name, new VectorDataViewType(TextDataViewType.Instance, texts.Count),
            (ref VBuffer<ReadOnlyMemory<char>> value) =>
            {
                var editor = VBufferEditor.Create(ref value, texts.Count);
                for (int i = 0; i < texts.Count; i++) editor.Values[i] = texts[i].AsMemory();
                value = editor.Commit();
            });
    }

    /// <summary>Which columns of a view are asked for, by index.</summary>
    /// <exception cref="ArgumentException">One is of another view.</exception>
    internal static bool[] Active(DataViewSchema schema, IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        var active = new bool[schema.Count];
        foreach (var column in columnsNeeded)
        {
            if (column.Index >= active.Length || schema[column.Index].Name != column.Name)
                throw new ArgumentException($"The column '{column.Name}' is not of this view.", nameof(columnsNeeded));
            active[column.Index] = true;
        }
        return active;
    }
}
