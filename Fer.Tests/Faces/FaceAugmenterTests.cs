using Fer.Pipeline;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Faces;

public class FaceAugmenterTests
{
    private const int Source = Fer.Pipeline.Faces.Face.Side;

    /// <summary>A smooth picture with no symmetry.</summary>
    internal static byte[] Face(int seed = 0)
    {
        var face = new byte[Source * Source];
        for (int y = 0; y < Source; y++)
            for (int x = 0; x < Source; x++)
                face[y * Source + x] = (byte)(128 + 60 * Math.Sin(0.2 * x + 0.1 * y + seed) + 50 * Math.Cos(0.15 * y + 0.002 * x * x));
        return face;
    }

    private static float[] Augment(FaceAugmentation options, byte[] face, int side = 48, long seed = 1, long epoch = 0, long row = 0)
    {
        var target = new float[side * side];
        new FaceAugmenter(options, side, seed).Augment(face, epoch, row, target);
        return target;
    }

    private static float[] Center(byte[] face, int side)
    {
        var target = new float[side * side];
        FaceAugmenter.CenterCrop(face, side, target);
        return target;
    }

    [Theory]
    [InlineData(48)]
    [InlineData(44)]
    [InlineData(41)]
    [InlineData(40)]
    public void No_augmentation_is_the_middle_of_the_face(int side)
    {
        byte[] face = Face();
        float[] target = Augment(FaceAugmentation.None, face, side);
        int offset = (Source - side) / 2;
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++)
                Assert.Equal(face[(y + offset) * Source + x + offset], target[y * side + x]);
    }

    [Theory]
    [InlineData(48)]
    [InlineData(41)]
    [InlineData(40)]
    public void Resampling_under_the_identity_changes_nothing(int side)
    {
        byte[] face = Face();
        int offset = (Source - side) / 2;
        float middle = (side - 1) / 2f;
        var target = new float[side * side];
        AffineResampling.Resample(face, new AffineMap(1, 0, 0, 1, offset + middle, offset + middle), side, target);
        Assert.Equal(Center(face, side), target);
    }

    [Theory]
    [InlineData(48)]
    [InlineData(40)]
    public void Flip_mirrors_exactly_and_twice_is_the_identity(int side)
    {
        byte[] face = Face();
        float[] once = Augment(new FaceAugmentation { FlipProbability = 1 }, face, side);
        float[] plain = Center(face, side);
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++)
                Assert.Equal(plain[y * side + side - 1 - x], once[y * side + x]);
        if (side == 48) Assert.Equal(plain, Augment(new FaceAugmentation { FlipProbability = 1 }, [.. once.Select(v => (byte)v)], side));
    }

    [Fact]
    public void Quarter_turn_moves_columns_to_rows()
    {
        byte[] face = Face();
        var target = new float[Source * Source];
        AffineResampling.Resample(face, new AffineMap(0, -1, 1, 0, 23.5f, 23.5f), Source, target);
        for (int y = 0; y < Source; y++)
            for (int x = 0; x < Source; x++)
                Assert.Equal(face[x * Source + (Source - 1 - y)], target[y * Source + x]);
    }

    [Fact]
    public void Outside_the_face_its_edge_is_repeated()
    {
        byte[] face = Face();
        var target = new float[Source * Source];
        AffineResampling.Resample(face, new AffineMap(1, 0, 0, 1, 23.5f + 100, 23.5f - 100), Source, target);
        Assert.All(target, v => Assert.Equal(face[Source - 1], v));
    }

    [Fact]
    public void Half_a_pixel_is_the_mean_of_two()
    {
        byte[] face = Face();
        var target = new float[40 * 40];
        AffineResampling.Resample(face, new AffineMap(1, 0, 0, 1, 24f, 23.5f), 40, target);
        Assert.Equal((face[10 * Source + 9] + face[10 * Source + 10]) / 2f, target[6 * 40 + 5]);
    }

    [Theory]
    [InlineData(48)]
    [InlineData(43)]
    public void Vector_and_scalar_paths_agree_bit_for_bit(int side)
    {
        byte[] face = Face();
        var random = new RandomStream(5);
        float[] fast = new float[side * side], plain = new float[side * side];
        for (int i = 0; i < 50; i++)
        {
            var map = new AffineMap(Next(ref random, 1.3), Next(ref random, 1), Next(ref random, 1), Next(ref random, 1.3),
                24 + Next(ref random, 30), 24 + Next(ref random, 30));
            AffineResampling.Resample(face, map, side, fast);
            AffineResampling.Resample(face, map, side, plain, vectorised: false);
            Assert.Equal(plain, fast);
        }

        static float Next(ref RandomStream random, double range) => (float)random.NextDouble(-range, range);
    }

    [Fact]
    public void Seed_epoch_and_row_decide_and_nothing_else()
    {
        byte[] face = Face();
        float[] first = Augment(FaceAugmentation.Strong, face, 40, 3, 5, 7);
        var shared = new FaceAugmenter(FaceAugmentation.Strong, 40, 3);
        var target = new float[40 * 40];
        shared.Augment(Face(1), 1, 1, target);
        shared.Augment(face, 5, 7, target);
        Assert.Equal(first, target);
        Assert.NotEqual(first, Augment(FaceAugmentation.Strong, face, 40, 4, 5, 7));
        Assert.NotEqual(first, Augment(FaceAugmentation.Strong, face, 40, 3, 6, 7));
        Assert.NotEqual(first, Augment(FaceAugmentation.Strong, face, 40, 3, 5, 8));
    }

    [Fact]
    public void Mean_brightness_is_kept_over_many_faces_and_values_stay_in_range()
    {
        byte[] face = Face();
        double plain = Center(face, 40).Average(), sum = 0;
        const int n = 2000;
        for (int i = 0; i < n; i++)
        {
            float[] varied = Augment(FaceAugmentation.Standard, face, 40, row: i);
            Assert.All(varied, v => Assert.InRange(v, 0f, 255f));
            sum += varied.Average();
        }
        Assert.InRange(sum / n, plain - 3, plain + 3);
    }

    [Fact]
    public void Contrast_keeps_the_mean_and_brightness_moves_it()
    {
        byte[] face = [.. Face().Select(v => (byte)(64 + v / 2))];
        double mean = face.Average(v => (double)v);
        for (int row = 0; row < 20; row++)
        {
            float[] contrast = Augment(new FaceAugmentation { Contrast = 0.3 }, face, row: row);
            Assert.Equal(mean, contrast.Average(), 0.01);
            float[] brightness = Augment(new FaceAugmentation { Brightness = 0.2 }, face, row: row);
            float moved = brightness[0] - face[0];
            Assert.InRange(moved, -25.5f, 25.5f);
            for (int i = 0; i < face.Length; i++) Assert.Equal(face[i] + moved, brightness[i], 1e-3f);
        }
    }

    [Fact]
    public void Erasing_covers_one_rectangle_of_the_asked_area()
    {
        byte[] face = Face();
        for (int row = 0; row < 50; row++)
        {
            float[] plain = Center(face, 40), erased = Augment(new FaceAugmentation { EraseProbability = 1 }, face, 40, row: row);
            int[] changed = [.. Enumerable.Range(0, 1600).Where(i => plain[i] != erased[i])];
            Assert.Single(changed.Select(i => erased[i]).Distinct());
            int height = changed.Max(i => i / 40) - changed.Min(i => i / 40) + 1,
                width = changed.Max(i => i % 40) - changed.Min(i => i % 40) + 1;
            Assert.InRange(height * width, 1600 * 0.015, 1600 * 0.22);
            Assert.InRange(changed.Length, height * width * 0.9, height * width);
        }
    }

    [Fact]
    public void Strength_0_is_none_and_1_is_the_same()
    {
        byte[] face = Face();
        Assert.Equal(Center(face, 40), Augment(FaceAugmentation.Standard.Scaled(0), face, 40));
        Assert.Equal(FaceAugmentation.Standard, FaceAugmentation.Standard.Scaled(1));
        var twice = FaceAugmentation.Standard.Scaled(2);
        Assert.Equal(24, twice.RotationDegrees);
        Assert.Equal(0.7, twice.MinimumScale, 1e-12);
        Assert.Equal(0.5, twice.FlipProbability);
        new FaceAugmenter(FaceAugmentation.Strong.Scaled(100), 40, 1).Augment(face, 0, 0, new float[1600]);
    }

    [Fact]
    public void Values_out_of_range_are_refused_by_name()
    {
        Assert.Contains("RotationDegrees", Assert.Throws<FerUsageException>(
            () => new FaceAugmenter(new FaceAugmentation { RotationDegrees = -1 }, 40, 1)).Message);
        Assert.Contains("MaximumScale", Assert.Throws<FerUsageException>(
            () => new FaceAugmenter(new FaceAugmentation { MaximumScale = 0.5 }, 40, 1)).Message);
        Assert.Throws<FerUsageException>(() => new FaceAugmenter(FaceAugmentation.None, 49, 1));
        Assert.Throws<FerUsageException>(() => FaceAugmentation.None.Scaled(double.NaN));
        Assert.Throws<ArgumentException>(
            () => new FaceAugmenter(FaceAugmentation.None, 40, 1).Augment(new byte[10], 0, 0, new float[1600]));
    }
}
