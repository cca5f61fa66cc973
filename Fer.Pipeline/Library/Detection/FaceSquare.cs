using System.Numerics;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;

namespace Fer.Pipeline.Detection;

/// <summary>
/// A square part of an image, possibly rotated, that becomes one face of a classifier's input. It may extend beyond the image.
/// </summary>
/// <param name="Center">Its centre, in image pixels from the top left corner.</param>
/// <param name="Side">Its side in pixels, above 0.</param>
/// <param name="Roll">Clockwise rotation in radians.</param>
public readonly record struct FaceSquare(Vector2 Center, float Side, float Roll = 0)
{
    // Enough for faces that fill the largest images; samples further apart would skip pixels.
    private const int MostSamples = 64;

    /// <summary>The largest centred square of an image, for when nothing is known about the face.</summary>
    public static FaceSquare Middle(RgbImage image) => new(new Vector2(image.Width, image.Height) / 2, Math.Min(image.Width, image.Height));

    /// <summary>The four corners, clockwise from the face's top left.</summary>
    public Vector2[] Corners()
    {
        var (across, down) = Axes();
        return [Center - across - down, Center + across - down, Center + across + down, Center - across + down];
    }

    /// <summary>
    /// Crops the square: [48, 48] grey values, each the mean of the area it covers. Beyond the image, its edge is repeated.
    /// </summary>
    /// <exception cref="ArgumentException">The side is not above 0.</exception>
    public byte[] Crop(RgbImage image)
    {
        if (!(Side > 0)) throw new ArgumentException($"The side of a square must be above 0, not {Side}.");
        var (gray, left, top) = GrayAround(image);
        var (across, down) = Axes();
        int samples = Math.Clamp((int)MathF.Ceiling(Side / Face.Side), 1, MostSamples), points = Face.Side * samples;
        // The pixel whose centre is at 0.5 has index 0.
        var first = Center - across - down + (across + down) / points - new Vector2(left + 0.5f, top + 0.5f);
        var (stepX, stepY) = (across * 2 / points, down * 2 / points);
        var crop = new byte[Face.PixelCount];
        for (int y = 0; y < Face.Side; y++)
        {
            for (int x = 0; x < Face.Side; x++)
            {
                float sum = 0;
                for (int b = 0; b < samples; b++)
                {
                    var point = first + stepX * (x * samples) + stepY * (y * samples + b);
                    for (int a = 0; a < samples; a++, point += stepX) sum += Sample(gray, point);
                }
                crop[y * Face.Side + x] = (byte)(sum / (samples * samples) + 0.5f);
            }
        }
        return crop;
    }

    /// <summary>The vectors from the centre to the right edge and to the bottom edge.</summary>
    private (Vector2 Across, Vector2 Down) Axes()
    {
        var (sin, cos) = MathF.SinCos(Roll);
        return (new Vector2(cos, sin) * (Side / 2), new Vector2(-sin, cos) * (Side / 2));
    }

    /// <summary>The grey values of the part of the image that the square touches; at least its nearest pixel.</summary>
    private (GrayImage Gray, int Left, int Top) GrayAround(RgbImage image)
    {
        var corners = Corners();
        int left = Clamp(corners.Min(c => c.X) - 1, image.Width - 1), right = Clamp(corners.Max(c => c.X) + 1, image.Width - 1);
        int top = Clamp(corners.Min(c => c.Y) - 1, image.Height - 1), bottom = Clamp(corners.Max(c => c.Y) + 1, image.Height - 1);
        int width = right - left + 1, height = bottom - top + 1;
        var gray = new byte[width * height];
        for (int y = 0; y < height; y++)
            Luma.FromRgb(image.Pixels.AsSpan(3 * ((top + y) * image.Width + left), 3 * width), gray.AsSpan(y * width, width));
        return (new GrayImage(width, height, gray), left, top);

        static int Clamp(float value, int last) => (int)Math.Clamp(value, 0, last);
    }

    private static float Sample(GrayImage gray, Vector2 point)
    {
        float px = Math.Clamp(point.X, 0, gray.Width - 1), py = Math.Clamp(point.Y, 0, gray.Height - 1);
        int x = (int)px, y = (int)py;
        int right = x + 1 < gray.Width ? 1 : 0, at = y * gray.Width + x, below = y + 1 < gray.Height ? at + gray.Width : at;
        float dx = px - x, dy = py - y;
        byte[] pixels = gray.Pixels;
        float upper = pixels[at] + (pixels[at + right] - pixels[at]) * dx;
        float lower = pixels[below] + (pixels[below + right] - pixels[below]) * dx;
        return upper + (lower - upper) * dy;
    }
}
