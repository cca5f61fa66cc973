using System.Collections.Concurrent;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;

namespace Fer.Server;

/// <summary>Finds faces with BlazeFace: photographs closely, one processor each; frames of cameras at once, with all of them.</summary>
internal sealed class BlazeFaces : IFaceFinder
{
    private readonly Func<FaceFinder> _newForPhotograph;
    private readonly ConcurrentBag<FaceFinder> _forPhotographs = [];
    private readonly FaceFinder _forFrames;
    private readonly FaceFraming _framing = new();

    internal BlazeFaces(FaceFinderOptions photographs, FaceFinderOptions frames, int threads)
    {
        _newForPhotograph = () => FaceFinder.Load(photographs, threads: 1);
        _forFrames = FaceFinder.Load(frames, threads);
        try
        {
            _forPhotographs.Add(_newForPhotograph());
        }
        catch
        {
            _forFrames.Dispose();
            throw;
        }
    }

    public string Name => "BlazeFace";

    public IReadOnlyList<FoundFace> Find(RgbImage picture, bool isFrame)
    {
        if (isFrame) return Cut(picture, _forFrames.Find(picture));
        // There are never more of them than pictures looked at together.
        if (!_forPhotographs.TryTake(out var finder)) finder = _newForPhotograph();
        try
        {
            return Cut(picture, finder.Find(picture));
        }
        finally
        {
            _forPhotographs.Add(finder);
        }
    }

    public void Dispose()
    {
        _forFrames.Dispose();
        foreach (var finder in _forPhotographs) finder.Dispose();
    }

    private IReadOnlyList<FoundFace> Cut(RgbImage picture, IReadOnlyList<DetectedFace> faces) => [.. faces.Select(face =>
    {
        var square = _framing.Around(face);
        return new FoundFace(face.Box, face, square.Crop(picture), square);
    })];
}
