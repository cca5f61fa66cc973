using System.Diagnostics;
using Fer.Pipeline.Imaging;

namespace Fer.Tests.Imaging;

/// <summary>The decoder and the resizer against ImageMagick, on images that ImageMagick made itself or that the tests wrote.</summary>
public sealed class ImageMagickTests : IDisposable
{
    private const string Convert = "/usr/bin/convert";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-colorspace Gray -depth 8")]
    [InlineData("-colorspace Gray -depth 16")]
    [InlineData("-colorspace Gray -depth 4")]
    [InlineData("-colorspace Gray -depth 2")]
    [InlineData("-monochrome")]
    [InlineData("-depth 8")]
    [InlineData("-depth 16")]
    [InlineData("-depth 8 -interlace PNG")]
    [InlineData("-colors 200 -type Palette")]
    [InlineData("-colors 13 -type Palette -interlace PNG")]
    [InlineData("-alpha set -channel A -evaluate set 60% +channel -define png:color-type=6")]
    [InlineData("-colorspace Gray -alpha set -channel A -evaluate set 60% +channel -define png:color-type=4")]
    public void Images_that_it_writes_are_read_within_two_levels(string options)
    {
        SkipWithoutImageMagick();
        string png = _folder.File("a.png");
        Run($"-size 61x47 plasma:tomato-steelblue -seed 7 {options} {png}");
        AssertNear(png, PngDecoder.Load(png));
    }

    [Fact]
    public void Images_that_the_tests_write_are_read_alike()
    {
        SkipWithoutImageMagick();
        foreach (int color in (int[])[0, 2, 3, 4, 6])
        {
            foreach (int depth in (int[])[1, 4, 8, 16])
            {
                if (!TestPng.Exists(color, depth)) continue;
                byte[] file = new TestPng(21, 17, color, depth, interlaced: depth >= 8, seed: 3).ToFile();
                AssertNear(_folder.Write("b.png", file), PngDecoder.Decode(file, "b.png"));
            }
        }
    }

    [Theory]
    [InlineData(480, 480)]
    [InlineData(96, 144)]
    public void Making_smaller_by_a_whole_number_is_its_box_filter(int width, int height)
    {
        SkipWithoutImageMagick();
        string png = _folder.File("a.png");
        Run($"-size {width}x{height} plasma:black-white -seed 7 -colorspace Gray -depth 8 {png}");
        byte[] expected = Run($"{png} -filter Box -resize 48x48! -depth 8 gray:-");
        byte[] actual = ImageResizer.Resize(PngDecoder.Load(png), 48, 48).Pixels;
        for (int i = 0; i < expected.Length; i++) Assert.InRange(actual[i] - expected[i], -2, 2);
    }

    private static void AssertNear(string path, GrayImage image)
    {
        byte[] expected = Run($"{path} -alpha off -grayscale Rec601Luma -depth 8 gray:-");
        Assert.Equal(expected.Length, image.Pixels.Length);
        for (int i = 0; i < expected.Length; i++) Assert.InRange(image.Pixels[i] - expected[i], -2, 2);
    }

    private static void SkipWithoutImageMagick() => Assert.SkipUnless(File.Exists(Convert), $"ImageMagick is not installed ({Convert}).");

    private static byte[] Run(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Convert, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
        return output.ToArray();
    }
}
