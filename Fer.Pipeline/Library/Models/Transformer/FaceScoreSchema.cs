using Fer.Pipeline.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>The columns of a transformed view: those of the input at their places, then the score and the predicted label.</summary>
internal sealed class FaceScoreSchema
{
    private readonly int _classes;

    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    internal FaceScoreSchema(DataViewSchema input, ModelColumns columns, IReadOnlyList<string> classNames)
    {
        Input = input;
        _classes = classNames.Count;
        Faces = FaceColumns.Find(input, columns.Input);
        FacePixels.Check(Faces);
        var slots = new DataViewSchema.Annotations.Builder();
        FaceColumns.AddTexts(slots, FaceColumns.SlotNames, classNames);
        var keys = new DataViewSchema.Annotations.Builder();
        FaceColumns.AddTexts(keys, FaceColumns.KeyValues, classNames);
        var output = new DataViewSchema.Builder();
        output.AddColumns(input);
        output.AddColumn(columns.Score, new VectorDataViewType(NumberDataViewType.Single, _classes), slots.ToAnnotations());
        output.AddColumn(columns.PredictedLabel, new KeyDataViewType(typeof(uint), _classes), keys.ToAnnotations());
        Output = output.ToSchema();
    }

    internal DataViewSchema Input { get; }

    internal DataViewSchema Output { get; }

    /// <summary>The column of the faces, in the input.</summary>
    internal DataViewSchema.Column Faces { get; }

    /// <summary>True for score and predicted label.</summary>
    internal bool IsMade(DataViewSchema.Column column) => column.Index >= Input.Count;

    /// <summary>Which columns are asked for, by their index in the output.</summary>
    /// <exception cref="ArgumentException">One is of another view.</exception>
    internal bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[Output.Count];
        foreach (var column in columns)
        {
            if (column.Index >= active.Length || Output[column.Index].Name != column.Name)
                throw new ArgumentException($"The column '{column.Name}' is not of this view.", nameof(columns));
            active[column.Index] = true;
        }
        return active;
    }

    /// <summary>The columns of the input among those that are asked for.</summary>
    internal IEnumerable<DataViewSchema.Column> Through(bool[] active) => Input.Where(column => active[column.Index]);

    /// <summary>What reads the score or the predicted label.</summary>
    /// <param name="column">One of the two.</param>
    /// <param name="probabilities">Gives the [classes] probabilities of the row at hand.</param>
    /// <exception cref="InvalidOperationException">The column holds another type.</exception>
    internal ValueGetter<TValue> Getter<TValue>(DataViewSchema.Column column, Func<ReadOnlyMemory<float>> probabilities)
    {
        Delegate getter = column.Index == Input.Count
            ? new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
            {
                var editor = VBufferEditor.Create(ref value, _classes);
                probabilities().Span.CopyTo(editor.Values);
                value = editor.Commit();
            })
            : new ValueGetter<uint>((ref uint value) => value = (uint)FerPrediction.Best(probabilities().Span) + 1);
        return getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"The column '{column.Name}' holds {column.Type}, read as {column.Type.RawType}, not {typeof(TValue)}.");
    }
}
