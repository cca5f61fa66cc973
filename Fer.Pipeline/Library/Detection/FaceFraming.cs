using System.Numerics;

namespace Fer.Pipeline.Detection;

/// <summary>
/// How much of a face a crop shows: a square placed by the detector's box. The classifiers were trained on faces framed by FER2013's own
/// detector; the defaults are the values with the fewest mistakes (<c>fer bench --faces</c>).
/// </summary>
public sealed record FaceFraming
{
    /// <summary>Side of the square, relative to the mean side of the detector's box.</summary>
    public float Scale { get; init; } = 1.15f;

    /// <summary>How far the centre of the square is moved from that of the box towards the chin, in mean sides of the box.</summary>
    public float Down { get; init; } = -0.07f;

    /// <summary>True to rotate the square with the line through the eyes.</summary>
    public bool Upright { get; init; } = true;

    /// <summary>The square around a face.</summary>
    public FaceSquare Around(DetectedFace face)
    {
        var box = face.Box;
        float side = (box.Width + box.Height) / 2, roll = Upright ? face.Landmarks.Roll : 0;
        var down = new Vector2(-MathF.Sin(roll), MathF.Cos(roll));
        return new FaceSquare(new Vector2(box.X + box.Width / 2, box.Y + box.Height / 2) + down * (Down * side), Scale * side, roll);
    }
}
