using System.Globalization;

namespace Fer.Pipeline.Serving;

/// <summary>A part of a picture, in pixels of the upright picture.</summary>
internal readonly record struct PictureBox(double X, double Y, double Width, double Height)
{
    /// <summary>The text <c>x,y,width,height</c>.</summary>
    /// <exception cref="RequestProblem">It is none.</exception>
    internal static PictureBox Parse(string text)
    {
        var parts = text.Split(',');
        var numbers = new double[4];
        bool right = parts.Length == 4;
        for (int i = 0; right && i < 4; i++) right = double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]);
        var box = new PictureBox(numbers[0], numbers[1], numbers[2], numbers[3]);
        return right && box.IsSound ? box : throw RequestProblem.BadRequest($"'{(text.Length > 80 ? text[..80] + "…" : text)}' is no box; it takes x,y,width,height in pixels, as in box=120,80,200,200.");
    }

    /// <summary>True where it has a size and its numbers are such as pictures have.</summary>
    internal bool IsSound => Width > 0 && Height > 0 && Math.Abs(X) < 1e6 && Math.Abs(Y) < 1e6 && Width < 1e6 && Height < 1e6;
}
