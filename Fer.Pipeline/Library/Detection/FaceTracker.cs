using Fer.Pipeline.Models;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Tracks faces over the frames of a camera or a video. A face that overlaps one of the previous frames keeps its number, and its
/// probabilities are smoothed, so that a single odd frame does not show. Not thread-safe.
/// </summary>
/// <param name="smoothingSeconds">Time after which the weight of a frame has fallen to 1/e; 0 turns smoothing off.</param>
/// <param name="patienceSeconds">How long a face may be missing and still keep its number.</param>
public sealed class FaceTracker(double smoothingSeconds = 0.4, double patienceSeconds = 1)
{
    /// <summary>Minimum intersection over union of a face with itself in the next frame.</summary>
    private const float LeastOverlap = 0.2f;

    private readonly List<Track> _tracks = [];
    private int _lastId;

    /// <summary>Adds a frame and returns its faces with their numbers, in the order given.</summary>
    /// <param name="faces">The faces of the frame.</param>
    /// <param name="seconds">Time of the frame, not before the previous frame's.</param>
    public IReadOnlyList<TrackedFace> Update(IReadOnlyList<PredictedFace> faces, double seconds)
    {
        _tracks.RemoveAll(track => seconds - track.Seen > patienceSeconds);
        var answer = new TrackedFace[faces.Count];
        // Largest overlap first; each track and each face is used once.
        var pairs = from i in Enumerable.Range(0, faces.Count)
                    from track in _tracks
                    let overlap = faces[i].Box.IntersectionOverUnion(track.Box)
                    where overlap >= LeastOverlap
                    orderby overlap descending, track.Id, i
                    select (Index: i, Track: track);
        var taken = new HashSet<Track>();
        foreach (var (index, track) in pairs.ToList())
        {
            if (answer[index] is not null || !taken.Add(track)) continue;
            answer[index] = track.See(faces[index], seconds, smoothingSeconds);
        }
        for (int i = 0; i < faces.Count; i++)
        {
            if (answer[i] is not null) continue;
            var track = new Track(++_lastId);
            _tracks.Add(track);
            answer[i] = track.See(faces[i], seconds, smoothingSeconds);
        }
        return answer;
    }

    private sealed class Track(int id)
    {
        private float[]? _probabilities;

        internal int Id => id;

        internal FaceBox Box { get; private set; }

        internal double Seen { get; private set; }

        internal TrackedFace See(PredictedFace face, double seconds, double smoothing)
        {
            var now = face.Prediction.Probabilities;
            _probabilities ??= [.. now.Values];
            float old = smoothing > 0 && seconds > Seen ? (float)Math.Exp((Seen - seconds) / smoothing) : smoothing > 0 ? 1 : 0;
            int i = 0;
            foreach (float value in now.Values)
            {
                _probabilities[i] = old * _probabilities[i] + (1 - old) * value;
                i++;
            }
            (Box, Seen) = (face.Box, seconds);
            return new TrackedFace(id, face.Box, face.Found?.Score ?? 1, FerPrediction.From([.. now.Keys], _probabilities));
        }
    }
}
