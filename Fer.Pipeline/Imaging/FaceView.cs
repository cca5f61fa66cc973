namespace Fer.Pipeline.Imaging;

/// <summary>A square part of a 48x48 face, as it is or mirrored: what a network is shown of it.</summary>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
/// <param name="Side">Width and height in pixels.</param>
/// <param name="Mirrored">True where left and right are exchanged.</param>
public readonly record struct FaceView(int Top, int Left, int Side, bool Mirrored = false)
{
    /// <summary>The middle of the face.</summary>
    public static FaceView Centre(int side) => new((FaceAugmenter.SourceSide - side) / 2, (FaceAugmenter.SourceSide - side) / 2, side);
}
