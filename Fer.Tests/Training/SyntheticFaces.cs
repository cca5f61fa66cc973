using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Training;

/// <summary>Pictures of stripes with noise, a direction a class: easy to learn, impossible to tell by the mean.</summary>
internal static class SyntheticFaces
{
    internal static FaceSet Create(int count, int classes = 2, long seed = 1, double noise = 40)
    {
        var pixels = new byte[count * Face.PixelCount];
        var labels = new int[count];
        var rows = new long[count];
        for (int i = 0; i < count; i++)
        {
            var random = new RandomStream(seed, i);
            labels[i] = i % classes;
            rows[i] = i;
            double angle = Math.PI * labels[i] / classes, phase = random.NextDouble(0, 6), kx = Math.Cos(angle) * 0.8,
                ky = Math.Sin(angle) * 0.8;
            for (int y = 0; y < Face.Side; y++)
                for (int x = 0; x < Face.Side; x++)
                    pixels[(i * Face.Side + y) * Face.Side + x] =
                        (byte)Math.Clamp(128 + 70 * Math.Sin(kx * x + ky * y + phase) + random.NextDouble(-noise, noise), 0, 255);
        }
        return new FaceSet([.. Enumerable.Range(0, classes).Select(c => $"class{c}")], pixels, labels, rows);
    }
}
