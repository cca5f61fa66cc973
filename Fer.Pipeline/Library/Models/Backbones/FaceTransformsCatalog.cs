using Fer.Pipeline.Data;
using Fer.Pipeline.Models;

namespace Microsoft.ML;

/// <summary>Transforms of faces.</summary>
public static class FaceTransformsCatalog
{
    /// <summary>
    /// The features that a frozen backbone finds in each face, for ML.NET's own trainers; what <c>DnnFeaturizeImage</c> does for pictures.
    /// A trainer or normalizer that passes over the rows several times wants <c>AppendCacheCheckpoint</c> behind it, or the features are
    /// computed each time.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Takes the features: a vector of Singles.</param>
    /// <param name="backbone">The backbone, from a <see cref="BackboneStore"/>, an ONNX file or a model zip.</param>
    /// <param name="inputColumnName">The faces: a vector of 2,304 bytes, a vector of 2,304 Singles from 0 to 255, or an <c>MLImage</c> of
    /// any size.</param>
    /// <param name="threads">Threads; 0 is one a processor.</param>
    /// <param name="progress">Hears, batch by batch, how many rows the pass at hand has computed; null is nobody.</param>
    public static FaceFeaturizingEstimator DnnFeaturizeFaces(
        this TransformsCatalog catalog,
        string outputColumnName,
        Backbone backbone,
        string inputColumnName = FaceColumns.Pixels,
        int threads = 0,
        IProgress<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(backbone);
        return new FaceFeaturizingEstimator(backbone, outputColumnName, inputColumnName, threads, progress);
    }
}
