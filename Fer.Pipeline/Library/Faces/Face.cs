namespace Fer.Pipeline.Faces;

/// <summary>The face that every part of the pipeline passes on: 48 x 48 grey pixels, as FER2013 has them.</summary>
public static class Face
{
    /// <summary>Width and height in pixels.</summary>
    public const int Side = 48;

    /// <summary>Pixels of a face: 2,304, row by row.</summary>
    public const int PixelCount = Side * Side;

    /// <summary>Most faces whose pixels fit into one array of bytes or floats: more overflow its length.</summary>
    internal static int MostInArray => Array.MaxLength / PixelCount;
}
