using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;

namespace Fer.Tests.Data;

public sealed class SampleFacesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_seed_draws_the_same_faces_and_another_draws_others()
    {
        byte[] a = Draw(1, 5), b = Draw(1, 5);
        Assert.Equal(a, b);
        Assert.NotEqual(a, Draw(2, 5));
        Assert.NotEqual(a, Draw(1, 12));
    }

    [Fact]
    public void A_face_has_light_and_dark_parts()
    {
        for (int i = 0; i < 50; i++)
        {
            byte[] face = Draw(3, i);
            double mean = face.Average(value => value);
            double deviation = Math.Sqrt(face.Average(value => (value - mean) * (value - mean)));
            Assert.InRange(deviation, 8, 110);
        }
    }

    [Fact]
    public void Expressions_can_be_told_apart_but_not_by_the_mean_face_alone()
    {
        const int training = 2100, test = 700;
        var means = new float[7][];
        for (int c = 0; c < 7; c++) means[c] = new float[Face.PixelCount];
        for (int i = 0; i < training; i++)
        {
            float[] face = Normalised(i);
            for (int p = 0; p < face.Length; p++) means[i % 7][p] += face[p] / (training / 7);
        }
        int right = 0;
        for (int i = training; i < training + test; i++)
        {
            float[] face = Normalised(i);
            int best = Enumerable.Range(0, 7).MinBy(c => means[c].Zip(face, (a, b) => (a - b) * (a - b)).Sum());
            if (best == i % 7) right++;
        }
        // Chance is 0.143 with a standard deviation of 0.013.
        Assert.InRange(right / (double)test, 0.18, 0.6);
    }

    [Fact]
    public void The_written_csv_reads_back_as_the_faces_drawn()
    {
        string path = _folder.File("sample.csv");
        SampleFaces.WriteCsv(path, 300, seed: 4);
        var drawn = FerCsv.ReadAll(new MLContext().Data.SampleFaces(300, 4));
        var read = FerCsv.ReadAll(FerCsv.Load(path));
        Assert.Equal(300, read.Count);
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal((drawn[i].Emotion, drawn[i].Usage, drawn[i].Row), (read[i].Emotion, read[i].Usage, read[i].Row));
            Assert.Equal(drawn[i].Pixels, read[i].Pixels);
        }
        Assert.Equal(Draw(4, 299), read[299].Pixels);
        Assert.All(Enum.GetValues<Usage>(), usage => Assert.Contains(read, face => face.Usage == usage));
        Assert.Throws<FerUsageException>(() => SampleFaces.WriteCsv(path, 0, 1));
    }

    private static byte[] Draw(long seed, long index)
    {
        var pixels = new byte[Face.PixelCount];
        SampleFaces.Draw(seed, index, pixels);
        return pixels;
    }

    private static float[] Normalised(int index)
    {
        byte[] face = Draw(1, index);
        float mean = (float)face.Average(value => value);
        float deviation = MathF.Sqrt((float)face.Average(value => (value - mean) * (value - mean)));
        return [.. face.Select(value => (value - mean) / deviation)];
    }
}
