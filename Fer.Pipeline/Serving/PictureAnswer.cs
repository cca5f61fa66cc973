using Fer.Pipeline.Detection;

namespace Fer.Pipeline.Serving;

/// <summary>What the server says about a picture.</summary>
/// <param name="Width">Pixels a row of the upright picture.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Faces">Its faces; a picture without any is an answer too.</param>
/// <param name="Times">Where the time went.</param>
internal sealed record PictureAnswer(int Width, int Height, IReadOnlyList<FaceAnswer> Faces, StageTimes Times);

/// <summary>What the server says about a face.</summary>
/// <param name="Box">Where it is.</param>
/// <param name="Score">How sure the detector is, 0..1; null where none looked.</param>
/// <param name="Probabilities">One a class, in the model's order.</param>
internal sealed record FaceAnswer(FaceBox Box, float? Score, IReadOnlyList<float> Probabilities);
