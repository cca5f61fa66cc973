using Fer.Pipeline.Imaging;

namespace Fer.Pipeline.Serving;

/// <summary>Finds faces. Several threads may call at once.</summary>
internal interface IFaceFinder : IDisposable
{
    /// <summary>What finds them, for people.</summary>
    string Name { get; }

    /// <summary>The faces of a picture, each cut out the way FER2013's are.</summary>
    IReadOnlyList<FoundFace> Find(RgbImage picture);
}

/// <summary>A face cut out of a picture.</summary>
/// <param name="Box">Where it is.</param>
/// <param name="Score">How sure the detector is, 0..1; null where none looked.</param>
/// <param name="Pixels">[48 * 48] grey values 0..255.</param>
internal sealed record FoundFace(PictureBox Box, double? Score, float[] Pixels);
