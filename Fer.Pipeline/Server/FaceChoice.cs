using Fer.Pipeline.Detection;

namespace Fer.Server;

/// <summary>Where the faces of a picture are.</summary>
/// <param name="Where">Who says so.</param>
/// <param name="Box">The box, where the request names it.</param>
internal sealed record FaceChoice(FaceSource Where, FaceBox Box = default)
{
    internal static FaceChoice Detect { get; } = new(FaceSource.Detect);

    internal static FaceChoice DetectInFrame { get; } = new(FaceSource.DetectInFrame);

    internal static FaceChoice Whole { get; } = new(FaceSource.Whole);
}

/// <summary>Who says where the faces are.</summary>
internal enum FaceSource
{
    /// <summary>The face detector, looking at a photograph.</summary>
    Detect,

    /// <summary>The face detector, looking at a camera's frame.</summary>
    DetectInFrame,

    /// <summary>The picture is one face.</summary>
    Whole,

    /// <summary>The request names a box.</summary>
    Box,
}
