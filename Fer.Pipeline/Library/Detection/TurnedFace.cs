using System.Numerics;

namespace Fer.Pipeline.Detection;

/// <summary>Brings what was found in a turned picture back to where it is in the picture itself.</summary>
internal static class TurnedFace
{
    /// <summary>The face as it lies in the picture before it was turned.</summary>
    /// <param name="face">Found in the turned picture.</param>
    /// <param name="quarters">Clockwise quarters of a turn that the picture was turned by.</param>
    /// <param name="width">Width of the picture before.</param>
    /// <param name="height">Height of the picture before.</param>
    internal static DetectedFace Back(DetectedFace face, int quarters, int width, int height)
    {
        var box = face.Box;
        var (one, other) = (Back(new Vector2(box.X, box.Y)), Back(new Vector2(box.Right, box.Bottom)));
        var (from, to) = (Vector2.Min(one, other), Vector2.Max(one, other));
        var points = face.Landmarks;
        return new DetectedFace(new FaceBox(from.X, from.Y, to.X - from.X, to.Y - from.Y), face.Score, new FaceLandmarks(
            Back(points.RightEye), Back(points.LeftEye), Back(points.NoseTip), Back(points.Mouth), Back(points.RightEar),
            Back(points.LeftEar)));

        Vector2 Back(Vector2 point) => quarters switch
        {
            1 => new Vector2(point.Y, height - point.X),
            2 => new Vector2(width - point.X, height - point.Y),
            3 => new Vector2(width - point.Y, point.X),
            _ => point,
        };
    }
}
