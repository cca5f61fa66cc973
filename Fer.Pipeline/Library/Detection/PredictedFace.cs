using Fer.Pipeline.Models;

namespace Fer.Pipeline.Detection;

/// <summary>A face in a picture and the model's prediction.</summary>
/// <param name="Box">The detector's box, or the part of the picture that was used as the face.</param>
/// <param name="Found">The detection; null if no detector ran.</param>
/// <param name="Prediction">The emotions.</param>
public sealed record PredictedFace(FaceBox Box, DetectedFace? Found, FerPrediction Prediction);
