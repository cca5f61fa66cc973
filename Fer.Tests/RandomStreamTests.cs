using Fer.Pipeline;

namespace Fer.Tests;

public class RandomStreamTests
{
    [Fact]
    public void Same_seed_and_path_give_the_same_numbers()
    {
        var a = new RandomStream(7, 1, 2, 3);
        var b = new RandomStream(7, 1, 2, 3);
        for (int i = 0; i < 100; i++) Assert.Equal(a.NextUInt64(), b.NextUInt64());
    }

    [Fact]
    public void Streams_of_neighbouring_paths_differ()
    {
        var seen = new HashSet<ulong>();
        for (int a = 0; a < 10; a++)
            for (int b = 0; b < 10; b++)
                for (int c = 0; c < 10; c++)
                    Assert.True(seen.Add(new RandomStream(1, a, b, c).NextUInt64()));
    }

    [Fact]
    public void Uniform_and_gaussian_numbers_have_the_moments_they_should()
    {
        var random = new RandomStream(3);
        const int n = 200_000;
        double sum = 0, square = 0, uniform = 0;
        for (int i = 0; i < n; i++)
        {
            double g = random.NextGaussian();
            sum += g;
            square += g * g;
            uniform += random.NextDouble();
        }
        Assert.InRange(sum / n, -0.01, 0.01);
        Assert.InRange(square / n, 0.98, 1.02);
        Assert.InRange(uniform / n, 0.495, 0.505);
    }

    [Fact]
    public void Shuffle_keeps_every_item()
    {
        int[] items = [.. Enumerable.Range(0, 1000)];
        new RandomStream(5).Shuffle<int>(items);
        Assert.NotEqual(Enumerable.Range(0, 1000), items);
        Assert.Equal(Enumerable.Range(0, 1000), items.Order());
    }
}
