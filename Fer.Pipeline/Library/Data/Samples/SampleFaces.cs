using System.Text;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// Faces drawn by the program, 48x48 grey, for machines without FER2013: the seven expressions on people of every shape, tone, pose and
/// light, some half hidden. They show that a training works; they say nothing about real faces.
/// </summary>
public static class SampleFaces
{
    /// <summary>Number of expressions drawn, those of FER2013.</summary>
    internal const int Expressions = 7;

    /// <summary>Emotion of face <paramref name="index"/>: all seven in turn.</summary>
    public static Emotion EmotionOf(long index) => (Emotion)(index % Expressions);

    /// <summary>Draws face <paramref name="index"/> of the endless row of faces that a seed stands for.</summary>
    /// <param name="seed">The row of faces.</param>
    /// <param name="index">Number of the face, from 0.</param>
    /// <param name="pixels">[48 * 48] takes the grey values, row-major.</param>
    public static void Draw(long seed, long index, Span<byte> pixels)
    {
        var random = new RandomStream(seed, index, 0x5A3);
        var person = SamplePerson.Create(ref random);
        var painter = new SamplePainter(person, SampleExpression.Create(EmotionOf(index), ref random));
        Span<float> tones = stackalloc float[Face.PixelCount];
        Paint(person, painter, tones);
        SampleOcclusion.Draw(person, tones, ref random);
        for (int i = 0; i < Face.PixelCount; i++)
        {
            float tone = 0.5f + (tones[i] - 0.5f) * person.Contrast + person.Brightness + person.Noise * Noise(ref random);
            pixels[i] = (byte)Math.Clamp(tone * 255 + 0.5f, 0, 255);
        }
    }

    /// <summary>Writes faces as a FER2013 CSV with Usage, 80 % Training, 10 % PublicTest and 10 % PrivateTest.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    /// <exception cref="FerUsageException">The count is not positive.</exception>
    public static void WriteCsv(string path, int count, long seed)
    {
        var source = new SampleFaceSource(count, seed);
        AtomicFile.Write(path, stream =>
        {
            using var faces = source.Open(scheme: null, usage: true, pixels: true, seed: null);
            stream.Write("emotion,pixels,Usage\n"u8);
            var line = new StringBuilder();
            while (faces.MoveNext())
            {
                line.Clear().Append((int)EmotionNames.Parse(faces.Label));
                char separator = ',';
                foreach (byte value in faces.Pixels)
                {
                    line.Append(separator).Append(value);
                    separator = ' ';
                }
                line.Append(',').Append(faces.Usage).Append('\n');
                stream.Write(Encoding.ASCII.GetBytes(line.ToString()));
            }
        });
    }

    private static void Paint(in SamplePerson person, in SamplePainter painter, Span<float> tones)
    {
        float cos = MathF.Cos(person.Angle) / person.Zoom, sin = MathF.Sin(person.Angle) / person.Zoom;
        for (int y = 0; y < Face.Side; y++)
        {
            float py = (y + 0.5f) * (2f / Face.Side) - 1 - person.ShiftY;
            for (int x = 0; x < Face.Side; x++)
            {
                float px = (x + 0.5f) * (2f / Face.Side) - 1 - person.ShiftX;
                float u = px * cos + py * sin, v = py * cos - px * sin;
                // A turned head shows more of one side: the middle of the face moves, its outline hardly.
                u -= person.Yaw * MathF.Max(0, 1 - u * u);
                tones[y * Face.Side + x] = painter.Tone(u, v);
            }
        }
    }

    // Sum of four uniform numbers out of one draw, scaled to variance 1: near enough to normal for noise, and quick.
    private static float Noise(ref RandomStream random)
    {
        ulong bits = random.NextUInt64();
        float sum = (ushort)bits + (ushort)(bits >> 16) + (ushort)(bits >> 32) + (ushort)(bits >> 48);
        return (sum / 65536f - 2) * 1.7320508f;
    }
}
