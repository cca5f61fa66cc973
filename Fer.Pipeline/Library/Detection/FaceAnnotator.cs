using System.Globalization;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Pipeline.Detection;

/// <summary>Draws faces' boxes and emotions into a picture.</summary>
internal static class FaceAnnotator
{
    // Okabe and Ito's colours, which most colour-blind people tell apart; black text stands on each of them.
    private static readonly (byte R, byte G, byte B)[] Colors =
        [(230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (204, 121, 167), (213, 94, 0), (200, 200, 200), (120, 190, 255)];

    /// <summary>Draws one face.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="box">Where it is.</param>
    /// <param name="prediction">Its emotions, whose order gives the colours.</param>
    /// <param name="label">What is written above it.</param>
    internal static void Draw(RgbImage image, FaceBox box, FerPrediction prediction, string label)
    {
        int index = prediction.Probabilities.Keys.ToList().IndexOf(prediction.Label);
        var color = Colors[Math.Max(0, index) % Colors.Length];
        int x = (int)box.X, y = (int)box.Y, width = (int)box.Width, height = (int)box.Height;
        // As thick and as large as the picture makes readable.
        int dot = Math.Max(1, Math.Max(image.Width, image.Height) / 500);
        ImageDrawing.Frame(image, x, y, width, height, dot + 1, color);
        int lineHeight = (PixelFont.Height + 2) * dot, lineWidth = ImageDrawing.TextWidth(label, dot) + dot;
        int left = Math.Clamp(x, 0, Math.Max(0, image.Width - lineWidth));
        // Above the box, or inside it where there is no room above.
        int top = y - lineHeight >= 0 ? y - lineHeight : Math.Max(0, y);
        ImageDrawing.Fill(image, left, top, lineWidth, lineHeight, color);
        ImageDrawing.Text(image, label, left + dot, top + dot, dot, (0, 0, 0));
    }

    /// <summary>The most probable emotion and its probability; <c>unsure</c> below a threshold.</summary>
    internal static string Label(FerPrediction prediction, double threshold) =>
        string.Create(CultureInfo.InvariantCulture, $"{(prediction.Confidence < threshold ? "unsure" : prediction.Label)} {100 * prediction.Confidence:F0}%");
}
