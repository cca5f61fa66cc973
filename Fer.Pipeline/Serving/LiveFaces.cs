using Fer.Pipeline.Detection;

namespace Fer.Pipeline.Serving;

/// <summary>
/// Follows the faces of a live camera from frame to frame: a face keeps its number while its boxes overlap, and its probabilities are
/// smoothed over time, so that bars move instead of flickering. A face that is gone is kept for a moment, should it come back.
/// </summary>
internal sealed class LiveFaces(TimeProvider time)
{
    /// <summary>Seconds after which a change has gone through by 63 %.</summary>
    internal const double SmoothingSeconds = 0.35;

    private const double KeepSeconds = 0.8, LeastOverlap = 0.2;

    private readonly List<Track> _tracks = [];
    private int _lastId;

    /// <summary>The faces of the next frame, each with its number and smoothed probabilities, in the order given.</summary>
    internal IReadOnlyList<FollowedFace> Follow(IReadOnlyList<FaceAnswer> faces)
    {
        long now = time.GetTimestamp();
        _tracks.RemoveAll(track => time.GetElapsedTime(track.Seen, now).TotalSeconds > KeepSeconds);
        var matched = new Track?[faces.Count];
        // The best overlaps first, so that two faces that pass each other keep their own.
        var pairs = from face in Enumerable.Range(0, faces.Count)
                    from track in _tracks
                    let overlap = faces[face].Box.IntersectionOverUnion(track.Box)
                    where overlap >= LeastOverlap
                    orderby overlap descending, track.Id
                    select (face, track);
        foreach (var (face, track) in pairs.ToArray())
            if (matched[face] is null && !matched.Contains(track)) matched[face] = track;
        var followed = new FollowedFace[faces.Count];
        for (int i = 0; i < followed.Length; i++)
        {
            if (matched[i] is not { } track) _tracks.Add(track = new Track(++_lastId, [.. faces[i].Probabilities]));
            else track.Smooth(faces[i].Probabilities, 1 - Math.Exp(-time.GetElapsedTime(track.Seen, now).TotalSeconds / SmoothingSeconds));
            (track.Box, track.Seen) = (faces[i].Box, now);
            followed[i] = new FollowedFace(track.Id, faces[i] with { Probabilities = [.. track.Probabilities] });
        }
        return followed;
    }

    private sealed class Track(int id, float[] probabilities)
    {
        internal int Id => id;
        internal float[] Probabilities => probabilities;
        internal FaceBox Box { get; set; }
        internal long Seen { get; set; }

        internal void Smooth(IReadOnlyList<float> next, double share)
        {
            for (int i = 0; i < probabilities.Length; i++) probabilities[i] += (float)(share * (next[i] - probabilities[i]));
        }
    }
}

/// <summary>A face with the number it keeps while it is in view.</summary>
internal sealed record FollowedFace(int Id, FaceAnswer Smoothed);
