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
        int longest = Math.Max(image.Width, image.Height), line = 1 + Math.Max(1, longest / 500);
        float size = Math.Max(12, longest / 45f);
        ImageDrawing.Frame(image, x, y, width, height, line, color);
        var (textWidth, textHeight) = ImageDrawing.TextSize(label, size);
        int margin = (int)(size / 4), labelWidth = textWidth + 2 * margin;
        int left = Math.Clamp(x, 0, Math.Max(0, image.Width - labelWidth));
        // Above the box, or inside it where there is no room above.
        int top = y - textHeight >= 0 ? y - textHeight : Math.Max(0, y);
        ImageDrawing.Fill(image, left, top, labelWidth, textHeight, color);
        ImageDrawing.Text(image, label, left + margin, top, size, (0, 0, 0));
    }

    /// <summary>The most probable emotion and its probability; <c>unsure</c> below a threshold.</summary>
    internal static string Label(FerPrediction prediction, double threshold) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{(prediction.Confidence < threshold ? "unsure" : prediction.Label)} {100 * prediction.Confidence:F0}%");
}
