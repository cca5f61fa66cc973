using Fer.Pipeline.Models;

namespace Fer.Pipeline.Detection;

/// <summary>A face tracked from frame to frame.</summary>
/// <param name="Id">Its number, from 1 in the order of first appearance.</param>
/// <param name="Box">Where it is in this frame.</param>
/// <param name="Score">The detector's score in this frame.</param>
/// <param name="Prediction">The emotions, smoothed over the previous frames.</param>
public sealed record TrackedFace(int Id, FaceBox Box, float Score, FerPrediction Prediction);
