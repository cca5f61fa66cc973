using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>A loaded model in a pipeline of ML.NET.</summary>
public static class FerModelExtensions
{
    /// <summary>
    /// The model as a transformer that runs on our engine. <c>ml.Model.Load</c> gives one for the same zip that runs on ONNX Runtime, row
    /// by row.
    /// </summary>
    /// <param name="model">The model; disposed with the transformer.</param>
    /// <param name="inputColumnName">The faces: a vector of 2,304 bytes or Singles from 0 to 255, or an <c>MLImage</c>.</param>
    /// <param name="scoreColumnName">Takes one probability a class.</param>
    /// <param name="predictedLabelColumnName">Takes the most probable class.</param>
    /// <param name="inputType">Type of the faces where the transformer is to be saved by <c>ml.Model.Save</c>; null is the vector.</param>
    public static FaceClassificationTransformer AsTransformer(
        this FerModel model,
        string inputColumnName = FaceColumns.Pixels,
        string scoreColumnName = ModelColumns.ScoreName,
        string predictedLabelColumnName = ModelColumns.PredictedLabelName,
        DataViewType? inputType = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new FaceClassificationTransformer(
            model,
            new ModelColumns(inputColumnName, scoreColumnName, predictedLabelColumnName),
            inputType ?? new VectorDataViewType(NumberDataViewType.Byte, Face.PixelCount));
    }
}
