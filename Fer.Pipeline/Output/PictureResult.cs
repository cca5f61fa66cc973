using Fer.Pipeline.Detection;

namespace Fer.Output;

/// <summary>What became of one picture.</summary>
/// <param name="File">As the user knows it.</param>
/// <param name="Width">Of the picture, in pixels; 0 where it could not be read.</param>
/// <param name="Height">Of the picture, in pixels; 0 where it could not be read.</param>
/// <param name="Faces">The faces, the largest first; none is an answer too.</param>
/// <param name="Error">Why there is no answer, or null.</param>
internal sealed record PictureResult(string File, int Width, int Height, IReadOnlyList<PredictedFace> Faces, string? Error = null);
