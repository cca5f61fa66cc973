using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Evaluation;

/// <summary>One kind of image corruption at one strength. The result for a face depends only on the seed and its row.</summary>
internal sealed class FaceCorruption
{
    private readonly Change _change;
    private readonly int _number;

    private FaceCorruption(string name, string strength, int number, Change change) =>
        (Name, Strength, _number, _change) = (name, strength, number, change);

    private delegate void Change(ReadOnlySpan<byte> face, Span<byte> target, ref RandomStream random);

    /// <summary>The kind, such as <c>noise</c>.</summary>
    public string Name { get; }

    /// <summary>The strength, with its unit.</summary>
    public string Strength { get; }

    /// <summary>All kinds, each from weak to strong: noise, blur, rotation, darkness, light and occlusion.</summary>
    public static IReadOnlyList<FaceCorruption> All { get; } =
    [
        .. Strengths([8, 16, 32], "noise", level => $"deviation {level}", Noise),
        .. Strengths([0.7, 1.2, 2], "blur", level => $"radius {level} px", Blur),
        .. Strengths([5, 10, 20], "rotation", level => $"{level}°", Rotate),
        .. Strengths([-30, -60, -90], "darker", level => $"{level} levels", Brighten),
        .. Strengths([30, 60, 90], "lighter", level => $"+{level} levels", Brighten),
        .. Strengths([12, 18, 24], "occlusion", level => $"{level}x{level} px", Occlude),
    ];

    /// <summary>A corrupted copy of the faces.</summary>
    public FaceSet Apply(FaceSet faces, long seed = 1)
    {
        var pixels = new byte[faces.Count * Face.PixelCount];
        var rows = new long[faces.Count];
        for (int i = 0; i < faces.Count; i++)
        {
            rows[i] = faces.Row(i);
            var random = new RandomStream(seed, rows[i], _number, 0x436F);
            _change(faces.Pixels(i), pixels.AsSpan(i * Face.PixelCount, Face.PixelCount), ref random);
        }
        return new FaceSet(faces.ClassNames, pixels, faces.Labels.ToArray(), rows);
    }

    private static IEnumerable<FaceCorruption> Strengths(double[] levels, string name, Func<string, string> strength,
        Func<double, Change> change) =>
        levels.Select(
            level => new FaceCorruption(name, strength(level.ToString(CultureInfo.InvariantCulture)), (int)(level * 10), change(level)));

    private static Change Noise(double deviation) => (face, target, ref random) =>
    {
        for (int i = 0; i < face.Length; i++) target[i] = Grey(face[i] + deviation * random.NextGaussian());
    };

    private static Change Brighten(double levels) => (face, target, ref _) =>
    {
        for (int i = 0; i < face.Length; i++) target[i] = Grey(face[i] + levels);
    };

    /// <summary>Gaussian blur; the edge is repeated.</summary>
    private static Change Blur(double deviation)
    {
        int reach = (int)Math.Ceiling(3 * deviation);
        double[] weights = [.. Enumerable.Range(-reach, 2 * reach + 1).Select(d => Math.Exp(-d * d / (2 * deviation * deviation)))];
        double sum = weights.Sum();
        return (face, target, ref _) =>
        {
            Span<double> across = stackalloc double[Face.PixelCount];
            for (int i = 0; i < face.Length; i++)
            {
                double value = 0;
                for (int d = -reach; d <= reach; d++)
                    value += weights[d + reach] * face[i - i % Face.Side + Math.Clamp(i % Face.Side + d, 0, Face.Side - 1)];
                across[i] = value / sum;
            }
            for (int i = 0; i < face.Length; i++)
            {
                double value = 0;
                for (int d = -reach; d <= reach; d++)
                    value += weights[d + reach] * across[Math.Clamp(i / Face.Side + d, 0, Face.Side - 1) * Face.Side + i % Face.Side];
                target[i] = Grey(value / sum);
            }
        };
    }

    /// <summary>To the left or to the right, at random.</summary>
    private static Change Rotate(double degrees) => (face, target, ref random) =>
    {
        double angle = (random.NextBoolean(0.5) ? degrees : -degrees) * Math.PI / 180;
        float cos = (float)Math.Cos(angle), sin = (float)Math.Sin(angle), middle = (Face.Side - 1) / 2f;
        Span<float> values = stackalloc float[Face.PixelCount];
        AffineResampling.Resample(face, new AffineMap(cos, -sin, sin, cos, middle, middle), Face.Side, values);
        for (int i = 0; i < values.Length; i++) target[i] = Grey(values[i]);
    };

    /// <summary>A square of the face's mean grey, at a random place inside it.</summary>
    private static Change Occlude(double side) => (face, target, ref random) =>
    {
        face.CopyTo(target);
        int size = (int)side, left = random.NextInt32(Face.Side - size + 1), top = random.NextInt32(Face.Side - size + 1);
        byte mean = Grey(FaceProperties.Brightness(face));
        for (int y = top; y < top + size; y++) target.Slice(y * Face.Side + left, size).Fill(mean);
    };

    private static byte Grey(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
