namespace Fer.Pipeline.Reports;

/// <summary>
/// Emotions of the faces of a video over time, in memory that does not grow with its length: means over steps of time, whose length doubles
/// when they become too many.
/// </summary>
internal sealed class EmotionTimeline(IReadOnlyList<string> classNames)
{
    private const int MostSteps = 400;

    // Faces that come and go leave the room to those that stay.
    private const int MostFaces = 40;

    private readonly List<FaceTimeline> _faces = [];
    private int _lastId;

    internal IReadOnlyList<string> ClassNames => classNames;

    /// <summary>Seconds of a step.</summary>
    internal double Step { get; private set; } = 0.1;

    /// <summary>Time of the last frame.</summary>
    internal double Seconds { get; private set; }

    internal long Frames { get; private set; }

    /// <summary>Faces that were numbered, kept or not.</summary>
    internal int FacesSeen => _lastId;

    /// <summary>The faces that were seen in the most frames, by number.</summary>
    internal IEnumerable<FaceTimeline> Faces => _faces.OrderBy(face => face.Id);

    /// <summary>Adds a frame.</summary>
    /// <param name="seconds">Its time, not before the last one's.</param>
    /// <param name="faces">Number and probabilities [classes] of each face in it.</param>
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

    /// <summary>The step in which a time lies. Times are fractions such as 0.3, which may lie a hair before the step that they begin.</summary>
    internal int StepOf(double seconds) => (int)(seconds / Step + 1e-6);
}
