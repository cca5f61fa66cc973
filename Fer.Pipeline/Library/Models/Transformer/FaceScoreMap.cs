using Fer.Pipeline.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>Maps faces to a model's score and predicted label.</summary>
internal sealed class FaceScoreMap(FerModel model, ModelColumns columns) : FaceMap
{
    internal override int Length => model.ClassNames.Count;

    internal override void AddColumns(DataViewSchema.Builder schema)
    {
        var slots = new DataViewSchema.Annotations.Builder();
        FaceColumns.AddTexts(slots, FaceColumns.SlotNames, model.ClassNames);
        var keys = new DataViewSchema.Annotations.Builder();
        FaceColumns.AddTexts(keys, FaceColumns.KeyValues, model.ClassNames);
        schema.AddColumn(columns.Score, new VectorDataViewType(NumberDataViewType.Single, Length), slots.ToAnnotations());
        schema.AddColumn(columns.PredictedLabel, new KeyDataViewType(typeof(uint), Length), keys.ToAnnotations());
    }

    /// <returns>[count, classes] probabilities.</returns>
    internal override float[] Compute(ReadOnlySpan<float> faces, int count) => model.Predict(faces, count);

    internal override Delegate Getter(int column, Func<ReadOnlyMemory<float>> values) => column == 0
        ? new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
        {
            var editor = VBufferEditor.Create(ref value, Length);
            values().Span.CopyTo(editor.Values);
            value = editor.Commit();
        })
        : new ValueGetter<uint>((ref uint value) => value = (uint)FerPrediction.Best(values().Span) + 1);
}
