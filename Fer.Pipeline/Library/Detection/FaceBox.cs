namespace Fer.Pipeline.Detection;

/// <summary>An upright rectangle in an image, in pixels from its top left corner. It may extend beyond the image.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Upper edge.</param>
/// <param name="Width">Width, not negative.</param>
/// <param name="Height">Height, not negative.</param>
public readonly record struct FaceBox(float X, float Y, float Width, float Height)
{
    /// <summary>Right edge.</summary>
    public float Right => X + Width;

    /// <summary>Lower edge.</summary>
    public float Bottom => Y + Height;

    /// <summary>Area in square pixels.</summary>
    public float Area => Width * Height;

    /// <summary>Intersection over union, 0 … 1; 0 if both are empty.</summary>
    public float IntersectionOverUnion(FaceBox other)
    {
        float both = Intersection(other), either = Area + other.Area - both;
        return either > 0 ? both / either : 0;
    }

    /// <summary>Area of the intersection in square pixels.</summary>
    internal float Intersection(FaceBox other)
    {
        float width = MathF.Min(Right, other.Right) - MathF.Max(X, other.X),
            height = MathF.Min(Bottom, other.Bottom) - MathF.Max(Y, other.Y);
        return width > 0 && height > 0 ? width * height : 0;
    }
}
