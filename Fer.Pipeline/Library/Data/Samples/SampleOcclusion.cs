using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>What hides a part of some drawn faces: a hand or arm, a strand of hair, the edge of something in front.</summary>
internal static class SampleOcclusion
{
    internal static void Draw(in SamplePerson person, Span<float> tones, ref RandomStream random)
    {
        double kind = random.NextDouble();
        if (kind < 0.12) DrawBar(tones, person.Skin * 0.9f, 5 + 4 * random.NextSingle(), lowerHalf: true, ref random);
        else if (kind < 0.22) DrawBar(tones, person.Hair, 1.5f + 2 * random.NextSingle(), lowerHalf: false, ref random);
        else if (kind < 0.27) DrawBar(tones, random.NextSingle(), 3 + 4 * random.NextSingle(), lowerHalf: false, ref random);
    }

    // A straight bar with round ends from outside the picture towards its middle.
    private static void DrawBar(Span<float> tones, float tone, float halfWidth, bool lowerHalf, ref RandomStream random)
    {
        const float side = Face.Side;
        float angle = (lowerHalf ? 0.1f + 0.8f * random.NextSingle() : 2 * random.NextSingle()) * MathF.PI;
        float startX = side / 2 + 0.75f * side * MathF.Cos(angle), startY = side / 2 + 0.75f * side * MathF.Sin(angle);
        float endX = side * (0.2f + 0.6f * random.NextSingle());
        float endY = side * (lowerHalf ? 0.6f + 0.3f * random.NextSingle() : 0.2f + 0.6f * random.NextSingle());
        float dx = endX - startX, dy = endY - startY, squared = dx * dx + dy * dy;
        for (int y = 0; y < Face.Side; y++)
        {
            for (int x = 0; x < Face.Side; x++)
            {
                float px = x + 0.5f - startX, py = y + 0.5f - startY;
                float t = Math.Clamp((px * dx + py * dy) / squared, 0, 1);
                float ex = px - t * dx, ey = py - t * dy;
                float distance = MathF.Sqrt(ex * ex + ey * ey) - halfWidth;
                ref float target = ref tones[y * Face.Side + x];
                // Rounded: darker towards its edge.
                float shaded = tone * (1 + 0.15f * Math.Clamp(distance / halfWidth, -1, 0) + 0.1f);
                target += (shaded - target) * Math.Clamp(0.5f - distance, 0, 1);
            }
        }
    }
}
