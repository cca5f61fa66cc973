using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class BatchLoaderTests
{
    private static readonly FaceSet Faces = SyntheticFaces.Create(50, classes: 3);

    private static List<(long Epoch, bool Last, float[] Pixels, float[] Targets)> Load(FaceSet faces, BatchLoaderOptions options)
    {
        using var loader = new BatchLoader(faces, options);
        var batches = new List<(long, bool, float[], float[])>();
        while (loader.Next() is { } batch) batches.Add((batch.Epoch, batch.IsLastOfEpoch, batch.Pixels.ToArray(), batch.Targets.ToArray()));
        Assert.Null(loader.Next());
        return batches;
    }

    private static long Identity(ReadOnlySpan<float> pixels)
    {
        long hash = 17;
        foreach (float pixel in pixels) hash = unchecked(hash * 31 + BitConverter.SingleToInt32Bits(pixel));
        return hash;
    }

    [Fact]
    public void A_batch_of_any_size_takes_all_faces_at_once()
    {
        foreach (bool dropLast in (bool[])[false, true])
            Assert.Equal(50 * 3, Assert.Single(Load(Faces, new() { BatchSize = int.MaxValue, DropLast = dropLast })).Targets.Length);
    }

    [Fact]
    public void A_batch_that_no_array_holds_is_wrong_usage()
    {
        var e = Assert.Throws<FerUsageException>(() => new BatchLoader(Faces, new() { BatchSize = 50 }, 49_000_000, (_, _, _) => { }));
        Assert.Contains("50 faces of 49,000,000 values", e.Message);
    }

    [Fact]
    public void Evaluation_gives_every_face_once_and_in_order_with_its_target()
    {
        var batches = Load(Faces, new BatchLoaderOptions { BatchSize = 16, Side = 40 });
        Assert.Equal([16, 16, 16, 2], batches.Select(b => b.Targets.Length / 3));
        Assert.Equal([false, false, false, true], batches.Select(b => b.Last));
        float[] pixels = [.. batches.SelectMany(b => b.Pixels)], targets = [.. batches.SelectMany(b => b.Targets)];
        var expected = new float[1600];
        for (int i = 0; i < 50; i++)
        {
            FaceAugmenter.CenterCrop(Faces.Pixels(i), 40, expected);
            Assert.Equal(expected, pixels[(i * 1600)..((i + 1) * 1600)]);
            for (int c = 0; c < 3; c++) Assert.Equal(c == Faces.Label(i) ? 1f : 0f, targets[i * 3 + c]);
        }
    }

    [Fact]
    public void Shuffled_epochs_hold_the_same_faces_in_another_order()
    {
        var batches = Load(Faces, new BatchLoaderOptions { BatchSize = 10, Epochs = 2, Shuffle = true });
        long[][] epochs = [.. new[] { 0L, 1L }.Select(e => batches.Where(b => b.Epoch == e)
            .SelectMany(b => b.Pixels.Chunk(Face.PixelCount)).Select(p => Identity(p)).ToArray())];
        Assert.Equal(50, epochs[0].Distinct().Count());
        Assert.Equal(epochs[0].Order(), epochs[1].Order());
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_batches_and_another_seed_others()
    {
        var options = new BatchLoaderOptions
        {
            BatchSize = 7,
            Side = 44,
            Epochs = 3,
            Shuffle = true,
            DropLast = true,
            Augmentation = FaceAugmentation.Strong,
            Mixup = 0.3
        };
        long[] one = Hashes(options), three = Hashes(options with { Threads = 3 });
        Assert.Equal(21, one.Length);
        Assert.Equal(one, three);
        Assert.NotEqual(one, Hashes(options with { Seed = 2 }));

        static long[] Hashes(BatchLoaderOptions options) => [.. Load(Faces, options).Select(b => Identity(b.Pixels) ^ Identity(b.Targets))];
    }

    [Fact]
    public void Partial_batch_is_dropped_in_training_unless_it_is_the_only_one()
    {
        var options = new BatchLoaderOptions { BatchSize = 16, DropLast = true };
        Assert.Equal(3, Load(Faces, options).Count);
        Assert.Equal(50, Load(Faces, options with { BatchSize = 64 }).Single().Targets.Length / 3);
    }

    [Fact]
    public void Mixed_targets_sum_to_1_and_pixels_mix_with_the_same_share()
    {
        var mixed = Load(Faces, new BatchLoaderOptions { BatchSize = 10, Mixup = 1 });
        var plain = Load(Faces, new BatchLoaderOptions { BatchSize = 10 });
        bool changed = false;
        for (int b = 0; b < mixed.Count; b++)
            for (int i = 0; i < 10; i++)
            {
                float[] target = mixed[b].Targets[(i * 3)..(i * 3 + 3)];
                Assert.Equal(1f, target.Sum(), 1e-5f);
                int own = Faces.Label(b * 10 + i), other = Faces.Label(b * 10 + 9 - i);
                if (own == other) continue;
                changed = true;
                float share = target[own], a = plain[b].Pixels[i * 2304 + 100], o = plain[b].Pixels[(9 - i) * 2304 + 100];
                Assert.Equal(share * a + (1 - share) * o, mixed[b].Pixels[i * 2304 + 100], 1e-2f);
            }
        Assert.True(changed);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1.0)]
    [InlineData(2.5)]
    public void Beta_variables_have_the_moments_they_should(double alpha)
    {
        var random = new RandomStream(9);
        double[] values = [.. Enumerable.Range(0, 20_000).Select(_ => Mixup.SampleBeta(alpha, ref random))];
        Assert.All(values, v => Assert.InRange(v, 0, 1));
        Assert.Equal(0.5, values.Average(), 0.01);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), values.Average(v => (v - 0.5) * (v - 0.5)), 0.005);
    }

    [Fact]
    public void Endless_loader_can_be_closed_at_any_time_and_bad_options_are_refused()
    {
        using (var loader = new BatchLoader(Faces, new BatchLoaderOptions { BatchSize = 4, Epochs = 0, Threads = 2 }))
            for (int i = 0; i < 30; i++) Assert.Equal(i * 4 / 52, loader.Next()!.Epoch);
        Assert.Throws<FerUsageException>(() => new BatchLoader(Faces, new BatchLoaderOptions { BatchSize = 0 }));
        Assert.Throws<FerUsageException>(() => new BatchLoader(Faces, new BatchLoaderOptions { Side = 49 }));
        Assert.Throws<FerException>(() => new BatchLoader(Faces.Select([]), new BatchLoaderOptions()));
    }
}
