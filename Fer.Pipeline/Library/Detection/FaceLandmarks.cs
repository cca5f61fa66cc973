using System.Numerics;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Six points of a face in an image, in pixels. Left and right are the person's own, so the right eye is on the image's left.
/// </summary>
/// <param name="RightEye">Middle of the right eye.</param>
/// <param name="LeftEye">Middle of the left eye.</param>
/// <param name="NoseTip">Tip of the nose.</param>
/// <param name="Mouth">Middle of the mouth.</param>
/// <param name="RightEar">The right ear, where it meets the cheek.</param>
/// <param name="LeftEar">The left ear, where it meets the cheek.</param>
public readonly record struct FaceLandmarks(Vector2 RightEye, Vector2 LeftEye, Vector2 NoseTip, Vector2 Mouth, Vector2 RightEar,
    Vector2 LeftEar)
{
    /// <summary>Clockwise rotation of the line through the eyes, in radians.</summary>
    public float Roll => MathF.Atan2(LeftEye.Y - RightEye.Y, LeftEye.X - RightEye.X);
}
