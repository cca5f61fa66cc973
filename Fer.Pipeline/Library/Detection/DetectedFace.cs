namespace Fer.Pipeline.Detection;

/// <summary>A face that was found in an image.</summary>
/// <param name="Box">From the brows to the chin, upright, in the image's pixels.</param>
/// <param name="Score">The detector's confidence, 0 … 1.</param>
/// <param name="Landmarks">Where its eyes, nose, mouth and ears are.</param>
public sealed record DetectedFace(FaceBox Box, float Score, FaceLandmarks Landmarks);
