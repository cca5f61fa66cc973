namespace Fer.Pipeline.Reports;

/// <summary>
/// The emotions of the faces in a video over time, in memory that does not grow with its length: means over time steps, whose length
/// doubles when there are too many of them.
/// </summary>
internal sealed class EmotionTimeline(IReadOnlyList<string> classNames)
{
    private const int MostSteps = 400;

    // When there are more, the face with the fewest frames is dropped.
    private const int MostFaces = 40;

    private readonly List<FaceTimeline> _faces = [];
    private int _lastId;

    internal IReadOnlyList<string> ClassNames => classNames;

    /// <summary>Length of a step in seconds.</summary>
    internal double Step { get; private set; } = 0.1;

    /// <summary>Time of the last frame in seconds.</summary>
    internal double Seconds { get; private set; }

    internal long Frames { get; private set; }

    /// <summary>Number of faces seen, kept or not.</summary>
    internal int FacesSeen => _lastId;

    /// <summary>The faces seen in the most frames, ordered by number.</summary>
    internal IEnumerable<FaceTimeline> Faces => _faces.OrderBy(face => face.Id);

    /// <summary>Adds a frame.</summary>
    /// <param name="seconds">Time of the frame in seconds, not before the previous frame's.</param>
    /// <param name="faces">Number and probabilities [classes] of each face in the frame.</param>
    internal void AddFrame(double seconds, IEnumerable<(int Id, IReadOnlyList<float> Probabilities)> faces)
    {
        Seconds = seconds;
        Frames++;
        while (StepOf(seconds) >= MostSteps)
        {
            Step *= 2;
            foreach (var face in _faces) face.Halve();
        }
        foreach (var (id, probabilities) in faces)
        {
            _lastId = Math.Max(_lastId, id);
            var face = _faces.Find(f => f.Id == id);
            if (face is null)
            {
                if (_faces.Count == MostFaces) _faces.Remove(_faces.MinBy(f => f.Frames)!);
                _faces.Add(face = new FaceTimeline(id, classNames.Count, MostSteps));
            }
            face.Add(seconds, StepOf(seconds), probabilities);
        }
    }

    /// <summary>
    /// The step that contains a time. Times are fractions such as 0.3, which rounding may put just before the start of their step.
    /// </summary>
    internal int StepOf(double seconds) => (int)(seconds / Step + 1e-6);
}
