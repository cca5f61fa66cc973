namespace Fer.Pipeline.Faces;

/// <summary>A square part of a 48x48 face as a network sees it, possibly enlarged or mirrored.</summary>
/// <param name="Top">First row.</param>
/// <param name="Left">First column.</param>
/// <param name="Side">Width and height of the part in pixels.</param>
/// <param name="Mirrored">True if left and right are swapped.</param>
/// <param name="InputSide">Width and height in pixels that the part is resized to; 0 keeps its size.</param>
public readonly record struct FaceView(int Top, int Left, int Side, bool Mirrored = false, int InputSide = 0)
{
    /// <summary>Width and height of what the network sees, in pixels.</summary>
    public int Shown => InputSide == 0 ? Side : InputSide;

    /// <summary>The centre of the face.</summary>
    public static FaceView Centre(int side) => new((Face.Side - side) / 2, (Face.Side - side) / 2, side);
}
