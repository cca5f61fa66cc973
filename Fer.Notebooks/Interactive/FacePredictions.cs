using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Interactive;

/// <summary>Faces with what a model says of each.</summary>
public sealed class FacePredictions
{
    private readonly Lazy<FaceClassificationMetrics> _metrics;

    /// <summary>Takes predictions.</summary>
    /// <param name="faces">The faces with their labels.</param>
    /// <param name="probabilities">[count, classes], row-major, in the order of the faces' class names.</param>
    /// <exception cref="FerUsageException">The probabilities do not fit the faces.</exception>
    public FacePredictions(FaceSet faces, float[] probabilities)
    {
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentNullException.ThrowIfNull(probabilities);
        if (probabilities.Length != faces.Count * faces.ClassNames.Count)
        {
            throw new FerUsageException($"{probabilities.Length} probabilities for {faces.Count} faces of "
                + $"{faces.ClassNames.Count} classes: {faces.Count * faces.ClassNames.Count} are needed.");
        }
        (Faces, Probabilities) = (faces, probabilities);
        _metrics = new(() => FaceClassificationMetrics.Compute(probabilities, faces.Labels, faces.ClassNames));
    }

    /// <summary>The faces.</summary>
    public FaceSet Faces { get; }

    /// <summary>[count, classes], row-major.</summary>
    public float[] Probabilities { get; }

    /// <summary>All figures with their intervals; computed on first use.</summary>
    public FaceClassificationMetrics Metrics => _metrics.Value;

    /// <summary>
    /// Reads what <c>model.Transform(faces)</c> gives, once: the faces in Pixels, the true class in Label, the probabilities in Score.
    /// </summary>
    /// <exception cref="FerUsageException">A column is missing or of another type.</exception>
    public static FacePredictions FromDataView(IDataView predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Schema.GetColumnOrNull("Score") is not { Type: VectorDataViewType } score)
            throw new FerUsageException("The view has no column 'Score': give what a model's Transform returns.");
        var faces = FaceSet.FromDataView(predictions);
        float[] probabilities = [.. predictions.GetColumn<float[]>(score).SelectMany(row => row)];
        return new(faces, probabilities);
    }

    /// <summary>The index of the most probable class.</summary>
    internal int Predicted(int face)
    {
        int classes = Faces.ClassNames.Count;
        var row = Probabilities.AsSpan(face * classes, classes);
        int best = 0;
        for (int k = 1; k < classes; k++)
            if (row[k] > row[best]) best = k;
        return best;
    }
}
