using System.Numerics;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Decodes the output of a BlazeFace network (Bazarevsky et al., arXiv 1907.05047). The anchors are the cell centres of a 16x16 grid, two
/// per cell, and of an 8x8 grid, six per cell. All have the size of the input, so distances need only its side.
/// </summary>
internal static class BlazeFaceDecoder
{
    /// <summary>Adds the faces with at least a minimum score, in image pixels.</summary>
    /// <param name="output">The network's output.</param>
    /// <param name="side">Width and height of its input.</param>
    /// <param name="region">The part of the image that the input was taken from, a square.</param>
    /// <param name="minimumScore">Minimum probability of a face, above 0 and below 1.</param>
    /// <param name="faces">The list to add to.</param>
    internal static void Decode(BlazeFaceOutput output, int side, FaceBox region, float minimumScore, ICollection<DetectedFace> faces)
    {
        // Compared as logits, so that only few anchors need the logistic function.
        float least = MathF.Log(minimumScore / (1 - minimumScore));
        float scale = region.Width / side;
        for (int anchor = 0; anchor < output.Scores.Length; anchor++)
        {
            float logit = output.Scores[anchor];
            if (!(logit >= least)) continue;
            var origin = new Vector2(region.X, region.Y) + AnchorAt(anchor) * region.Width;
            var values = output.Boxes.AsSpan(anchor * BlazeFaceOutput.ValuesAnAnchor, BlazeFaceOutput.ValuesAnAnchor);
            var middle = Point(values, 0);
            float width = values[2] * scale, height = values[3] * scale;
            if (!(width > 0 && height > 0 && float.IsFinite(width * height + middle.X + middle.Y))) continue;
            faces.Add(new DetectedFace(
                new FaceBox(middle.X - width / 2, middle.Y - height / 2, width, height),
                1 / (1 + MathF.Exp(-logit)),
                new FaceLandmarks(Point(values, 4), Point(values, 6), Point(values, 8), Point(values, 10), Point(values, 12),
                    Point(values, 14))));

            Vector2 Point(ReadOnlySpan<float> from, int at) => origin + new Vector2(from[at], from[at + 1]) * scale;
        }
    }

    /// <summary>The position of an anchor, 0 … 1 across and down.</summary>
    internal static Vector2 AnchorAt(int anchor)
    {
        bool fine = anchor < BlazeFaceOutput.FineAnchors;
        int cells = fine ? BlazeFaceOutput.FineCells : BlazeFaceOutput.CoarseCells;
        int cell = fine ? anchor / 2 : (anchor - BlazeFaceOutput.FineAnchors) / 6;
        return new Vector2(cell % cells + 0.5f, cell / cells + 0.5f) / cells;
    }
}
