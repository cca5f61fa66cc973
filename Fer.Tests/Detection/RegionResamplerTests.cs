using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;

namespace Fer.Tests.Detection;

public class RegionResamplerTests
{
    [Theory]
    [InlineData(0, 0, 90, 90)]
    [InlineData(13.3f, 7.8f, 41.5f, 41.5f)]
    [InlineData(30, 30, 6, 6)]
    [InlineData(-10, -15, 120, 120)]
    public void Each_pixel_is_the_mean_of_the_area_it_covers(float x, float y, float width, float height)
    {
        const int side = 10, fine = 40;
        var random = new RandomStream(3);
        var image = new RgbImage(90, 90, [.. Enumerable.Range(0, 3 * 90 * 90).Select(_ => (byte)random.NextInt32(256))]);
        var actual = new float[3 * side * side];
        new RegionResampler(side).Resample(image, new FaceBox(x, y, width, height), actual);
        // The same by many samples, of a window at least one pixel wide.
        float step = width / side, window = Math.Max(1, step);
        for (int v = 0; v < side; v++)
        {
            for (int u = 0; u < side; u++)
            {
                double sum = 0;
                for (int b = 0; b < fine; b++)
                {
                    for (int a = 0; a < fine; a++)
                    {
                        int px = (int)Math.Floor(x + (u + 0.5f) * step + ((a + 0.5f) / fine - 0.5f) * window);
                        int py = (int)Math.Floor(y + (v + 0.5f) * step + ((b + 0.5f) / fine - 0.5f) * window);
                        if (px >= 0 && py >= 0 && px < 90 && py < 90) sum += image.Pixels[3 * (py * 90 + px) + 1];
                    }
                }
                Assert.Equal(sum / (fine * fine) / 127.5 - 1, actual[3 * (v * side + u) + 1], 0.06);
            }
        }
    }

    [Fact]
    public void Beyond_the_picture_it_is_black()
    {
        var actual = new float[3 * 8 * 8];
        new RegionResampler(8).Resample(new RgbImage(8, 4, [.. Enumerable.Repeat((byte)255, 96)]), new FaceBox(0, -2, 8, 8), actual);
        Assert.All(actual.Take(48), v => Assert.Equal(-1, v));
        Assert.All(actual.Skip(48).Take(96), v => Assert.Equal(1, v, 1e-5f));
        Assert.All(actual.Skip(144), v => Assert.Equal(-1, v));
    }
}
