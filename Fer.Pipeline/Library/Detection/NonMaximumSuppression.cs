using System.Numerics;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Merges the detections of one face into the mean of their boxes and points, weighted by score, which jitters less from frame to frame
/// than the best detection alone (arXiv 1907.05047, 4.3).
/// </summary>
internal static class NonMaximumSuppression
{
    /// <summary>
    /// With more than this share of its area inside a larger box, a smaller box is part of the larger face: an eye, or a piece cut off by a
    /// tile.
    /// </summary>
    private const float LargestInside = 0.7f;

    /// <summary>The remaining faces, highest score first.</summary>
    /// <param name="candidates">All detections, in any order.</param>
    /// <param name="overlap">Intersection over union from which two are the same face.</param>
    internal static List<DetectedFace> Apply(IEnumerable<DetectedFace> candidates, float overlap)
    {
        var open = candidates.OrderByDescending(f => f.Score).ThenBy(f => f.Box.X).ThenBy(f => f.Box.Y).ToList();
        var faces = new List<DetectedFace>();
        while (open.Count > 0)
        {
            var best = open[0];
            var same = open.FindAll(f => f.Box.IntersectionOverUnion(best.Box) >= overlap || f.Box == best.Box);
            open.RemoveAll(same.Contains);
            var merged = Merge(same);
            if (!faces.Exists(f => IsPartOf(merged.Box, f.Box))) faces.Add(merged);
        }
        return faces;
    }

    private static bool IsPartOf(FaceBox box, FaceBox other) =>
        box.Intersection(other) > LargestInside * MathF.Min(box.Area, other.Area);

    private static DetectedFace Merge(List<DetectedFace> same)
    {
        float total = same.Sum(f => f.Score);
        return new DetectedFace(
            new FaceBox(Mean(f => f.Box.X), Mean(f => f.Box.Y), Mean(f => f.Box.Width), Mean(f => f.Box.Height)),
            same[0].Score,
            new FaceLandmarks(
                Point(f => f.Landmarks.RightEye), Point(f => f.Landmarks.LeftEye), Point(f => f.Landmarks.NoseTip),
                Point(f => f.Landmarks.Mouth), Point(f => f.Landmarks.RightEar), Point(f => f.Landmarks.LeftEar)));

        float Mean(Func<DetectedFace, float> value) => same.Sum(f => f.Score * value(f)) / total;
        Vector2 Point(Func<DetectedFace, Vector2> value) => new(Mean(f => value(f).X), Mean(f => value(f).Y));
    }
}
