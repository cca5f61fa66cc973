using Fer.Pipeline.Models;

namespace Fer.Pipeline.Detection;

/// <summary>A face of a picture and what the model says about it.</summary>
/// <param name="Box">The detector's box, or the part of the picture that was taken for a face.</param>
/// <param name="Found">What the detector found; null where none looked.</param>
/// <param name="Prediction">The emotions.</param>
public sealed record PredictedFace(FaceBox Box, DetectedFace? Found, FerPrediction Prediction);
