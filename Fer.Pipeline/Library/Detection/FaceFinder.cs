using Fer.Pipeline.Images;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Finds faces in pictures with BlazeFace. Thread-safe, but runs one call at a time.
/// <code>
/// using var finder = FaceFinder.Load();
/// foreach (DetectedFace face in finder.Find(photo))
///     pixels = new FaceFraming().Around(face).Crop(photo);
/// </code>
/// </summary>
public sealed class FaceFinder : IDisposable
{
    /// <summary>Side of the square that the second network sees, in sides of the face.</summary>
    private const float NearSide = 2.5f;

    private readonly Lock _gate = new();
    private readonly FaceFinderOptions _options;
    private readonly Eye _first;
    private readonly Eye? _second;
    private bool _isDisposed;

    /// <param name="network">The network that searches for faces.</param>
    /// <param name="second">The network that checks each face, if <see cref="FaceFinderOptions.LookTwice"/> is set.</param>
    /// <param name="options">The detection options.</param>
    internal FaceFinder(IBlazeFaceNetwork network, IBlazeFaceNetwork? second, FaceFinderOptions options)
    {
        options.Check();
        _options = options;
        _first = new Eye(network);
        _second = options.LookTwice && second is not null ? new Eye(second) : null;
    }

    /// <summary>Loads the detector, which comes with the library.</summary>
    /// <param name="options">The detection options; null for the defaults, which are for photographs.</param>
    /// <param name="threads">Number of threads; 0 means one per processor.</param>
    /// <exception cref="FerUsageException">An option is out of its range.</exception>
    public static FaceFinder Load(FaceFinderOptions? options = null, int threads = 0)
    {
        options ??= new FaceFinderOptions();
        options.Check();
        var other = options.Range == DetectorRange.Near ? DetectorRange.Far : DetectorRange.Near;
        return new FaceFinder(Network(options.Range), options.LookTwice ? Network(other) : null, options);

        BlazeFaceNetwork Network(DetectorRange range) => new(BlazeFaceFiles.Read(range), "BlazeFace", threads);
    }

    /// <summary>
    /// Finds the faces in a picture, largest first. Where no upright face is found, the picture is turned by quarters (see
    /// <see cref="FaceFinderOptions.Turned"/>); a face's box and points are always those in the picture as it was given.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The finder is disposed.</exception>
    public IReadOnlyList<DetectedFace> Find(RgbImage image)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var found = FindUpright(image);
            // A face that lies on its side may be found, while others beside it are not.
            if (_options.Turned && !found.Exists(IsUpright)) found = FindTurned(image, found);
            return [.. found.OrderByDescending(face => face.Box.Area).Take(_options.MostFaces)];
        }
    }

    private List<DetectedFace> FindUpright(RgbImage image)
    {
        int levels = _options.LevelsFor(Math.Max(image.Width, image.Height));
        List<DetectedFace> found = [];
        foreach (var tile in ImageTiles.Of(image.Width, image.Height, levels, smallest: _first.Side))
        {
            found.AddRange(_first.LookAt(image, tile, _options.MinimumScore).Where(
                face => ImageTiles.Holds(tile, face.Box, image.Width, image.Height)));
        }
        found = NonMaximumSuppression.Apply(found, _options.Overlap);
        if (_second is not null)
        {
            found = NonMaximumSuppression.Apply(
                found.Select(face => LookAgain(_second, image, face)).OfType<DetectedFace>(), _options.Overlap);
        }
        return [.. found.Where(face => IsInside(face, image))];
    }

    private static bool IsUpright(DetectedFace face) => MathF.Abs(face.Landmarks.Roll) < MathF.PI / 4;

    /// <summary>The faces that were found, and those of the picture turned by one, two and three quarters.</summary>
    private List<DetectedFace> FindTurned(RgbImage image, List<DetectedFace> untouched)
    {
        var candidates = new List<DetectedFace>(untouched);
        for (int quarters = 1; quarters <= 3; quarters++)
        {
            candidates.AddRange(FindUpright(ImageTurn.Clockwise(image, quarters))
                .Select(face => TurnedFace.Back(face, quarters, image.Width, image.Height)));
        }
        // A face that is seen in two of them is the one with the higher score: the mean of two that lie crosswise would be neither.
        var found = new List<DetectedFace>();
        foreach (var face in candidates.OrderByDescending(face => face.Score))
            if (!found.Exists(other => other.Box.IntersectionOverUnion(face.Box) >= _options.Overlap)) found.Add(face);
        return found;
    }

    /// <summary>The face as detected up close, or null if there is none.</summary>
    private DetectedFace? LookAgain(Eye eye, RgbImage image, DetectedFace face)
    {
        float side = NearSide * MathF.Max(face.Box.Width, face.Box.Height);
        var region = new FaceBox(face.Box.X + (face.Box.Width - side) / 2, face.Box.Y + (face.Box.Height - side) / 2, side, side);
        var same = NonMaximumSuppression.Apply(eye.LookAt(image, region, _options.MinimumScore), _options.Overlap).Where(
            f => f.Box.IntersectionOverUnion(face.Box) >= _options.Overlap).ToList();
        return same.Count == 0 ? null : same[0];
    }

    /// <summary>Frees the networks.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _first.Dispose();
            _second?.Dispose();
        }
    }

    /// <summary>True if the centre of the face is in the picture: there is nothing to see beyond it.</summary>
    private static bool IsInside(DetectedFace face, RgbImage image)
    {
        float x = face.Box.X + face.Box.Width / 2, y = face.Box.Y + face.Box.Height / 2;
        return x >= 0 && y >= 0 && x < image.Width && y < image.Height;
    }

    /// <summary>A network and its buffers.</summary>
    private sealed class Eye(IBlazeFaceNetwork network) : IDisposable
    {
        private readonly RegionResampler _resampler = new(network.Side);
        private readonly float[] _input = new float[3 * network.Side * network.Side];
        private readonly BlazeFaceOutput _output = new();

        internal int Side => network.Side;

        internal List<DetectedFace> LookAt(RgbImage image, FaceBox region, float minimumScore)
        {
            var found = new List<DetectedFace>();
            _resampler.Resample(image, region, _input);
            network.Run(_input, _output);
            BlazeFaceDecoder.Decode(_output, Side, region, minimumScore, found);
            return found;
        }

        public void Dispose() => network.Dispose();
    }
}
