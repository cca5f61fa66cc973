using Fer.Pipeline.Data;

namespace Fer.Pipeline.Training;

/// <summary>Faces as a network is given them: their pixels, or features of them that were computed before.</summary>
/// <param name="Faces">The faces: how many there are, and their targets.</param>
/// <param name="Load">Makes batches of them.</param>
internal sealed record TrainingInput(FaceSet Faces, Func<BatchLoaderOptions, BatchLoader> Load)
{
    /// <summary>The pixels of some faces.</summary>
    internal static TrainingInput Of(FaceSet faces) => new(faces, options => new BatchLoader(faces, options));
}
