using Fer.Pipeline.Data;
using Fer.Pipeline.Interactive;
using Microsoft.ML;

namespace Fer.Tests.Notebooks.Interactive;

/// <summary>A few drawn faces and predictions that are right but for every fifth face.</summary>
internal static class SampleNotebook
{
    internal static IDataView View { get; } = new MLContext().Data.SampleFaces(70);

    internal static FaceDataset Dataset { get; } = FaceDataset.FromDataView(View);

    internal static FacePredictions Predictions()
    {
        var faces = Dataset.Training;
        int classes = faces.ClassNames.Count;
        var probabilities = new float[faces.Count * classes];
        for (int i = 0; i < faces.Count; i++)
        {
            int said = i % 5 == 0 ? (faces.Label(i) + 1) % classes : faces.Label(i);
            for (int k = 0; k < classes; k++) probabilities[i * classes + k] = k == said ? 0.7f : 0.05f;
        }
        return new(faces, probabilities);
    }
}
