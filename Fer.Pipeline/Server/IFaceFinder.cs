using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;

namespace Fer.Server;

/// <summary>Finds faces. Several threads may call at once.</summary>
internal interface IFaceFinder : IDisposable
{
    /// <summary>What finds them, for people.</summary>
    string Name { get; }

    /// <summary>The faces of a picture, each cut out the way the classifier's are.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="isFrame">True for a camera's frame, where time counts; false for a photograph, where small faces do.</param>
    IReadOnlyList<FoundFace> Find(RgbImage picture, bool isFrame);
}

/// <summary>A face cut out of a picture.</summary>
/// <param name="Box">Where it is, in the picture's pixels.</param>
/// <param name="Found">What the detector says; null where none looked.</param>
/// <param name="Pixels">[48 * 48] grey values.</param>
/// <param name="Square">The part of the picture that they show; null where that is the box.</param>
internal sealed record FoundFace(FaceBox Box, DetectedFace? Found, byte[] Pixels, FaceSquare? Square = null);
