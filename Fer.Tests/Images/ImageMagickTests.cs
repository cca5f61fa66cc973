using System.Diagnostics;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

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
        AssertNear(png, ImageDecoder.Load(png));
    }

    public static TheoryData<string, string> Jpegs()
    {
        var cases = new TheoryData<string, string>();
        string[] samplings =
            ["1x1", "2x1", "1x2", "2x2", "4x1", "1x4", "4x2", "2x4", "3x1", "1x3", "1x1,2x1,1x2", "2x2,2x1,1x2", "2x2,1x2,2x1"];
        foreach (string sampling in samplings)
            foreach (string kind in (string[])["", "-interlace JPEG"])
                cases.Add("61x47", $"-sampling-factor {sampling} {kind}");
        foreach (string size in (string[])["1x1", "2x3", "3x2", "7x9", "16x16", "17x33", "5x130", "131x4"])
            foreach (string sampling in (string[])["1x1", "2x1", "1x2", "2x2"])
                cases.Add(size, $"-sampling-factor {sampling}");
        foreach (int quality in (int[])[1, 20, 50, 75, 95, 100]) cases.Add("40x70", $"-quality {quality}");
        foreach (int quality in (int[])[1, 60, 100]) cases.Add("40x70", $"-quality {quality} -interlace JPEG");
        cases.Add("61x47", "-colorspace Gray");
        cases.Add("61x47", "-colorspace Gray -sampling-factor 2x2 -interlace JPEG");
        cases.Add("61x47", "-colorspace CMYK");
        cases.Add("61x47", "-colorspace CMYK -interlace JPEG");
        cases.Add("61x47", "-define jpeg:optimize-coding=false");
        cases.Add("640x480", "-quality 90");
        return cases;
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void Jpeg_files_that_it_writes_are_read_within_two_levels(string size, string options)
    {
        SkipWithoutImageMagick();
        string jpeg = _folder.File("a.jpg");
        Run($"-size {size} -seed 7 plasma:tomato-steelblue -depth 8 -quality 90 {options} {jpeg}");
        AssertNear(jpeg, ImageDecoder.Load(jpeg));
    }

    [Theory]
    [InlineData("TopLeft")]
    [InlineData("TopRight")]
    [InlineData("BottomRight")]
    [InlineData("BottomLeft")]
    [InlineData("LeftTop")]
    [InlineData("RightTop")]
    [InlineData("RightBottom")]
    [InlineData("LeftBottom")]
    public void Jpeg_files_are_turned_upright_as_it_does(string orientation)
    {
        SkipWithoutImageMagick();
        string jpeg = _folder.File("a.jpg");
        Run($"-size 61x47 -seed 7 plasma:tomato-steelblue -quality 95 {jpeg}");
        string[] orientations = ["TopLeft", "TopRight", "BottomRight", "BottomLeft", "LeftTop", "RightTop", "RightBottom", "LeftBottom"];
        int number = Array.IndexOf(orientations, orientation) + 1;
        string turned = _folder.Write("b.jpg", TestJpeg.WithOrientation(File.ReadAllBytes(jpeg), number, littleEndian: number % 2 == 0));
        AssertNear(turned, ImageDecoder.Load(turned), "-auto-orient");
    }

    [Theory]
    [InlineData("webp", "-quality 90")]
    [InlineData("webp", "-define webp:lossless=true")]
    [InlineData("webp", "-alpha set -channel A -evaluate set 60% +channel -define webp:lossless=true")]
    [InlineData("gif", "")]
    [InlineData("gif", "-interlace GIF -colors 17")]
    [InlineData("gif", "-fuzz 20% -transparent tomato")]
    [InlineData("bmp", "")]
    [InlineData("bmp", "-colors 16 -compress RLE")]
    [InlineData("bmp", "-monochrome")]
    [InlineData("bmp", "-alpha set -channel A -evaluate set 60% +channel")]
    public void Files_of_other_kinds_are_read_within_two_levels(string kind, string options)
    {
        SkipWithoutImageMagick();
        string file = _folder.File("a." + kind);
        Run($"-size 61x47 plasma:tomato-steelblue -seed 7 -depth 8 {options} {file}");
        AssertNear(file, ImageDecoder.Load(file));
    }

    [Theory]
    [InlineData("TopLeft")]
    [InlineData("BottomRight")]
    [InlineData("RightTop")]
    [InlineData("LeftBottom")]
    public void Png_files_are_turned_upright_as_it_does(string orientation)
    {
        SkipWithoutImageMagick();
        string jpeg = _folder.File("a.jpg"), png = _folder.File("a.png");
        Run($"-size 61x47 -seed 7 plasma:tomato-steelblue -quality 95 {jpeg}");
        int number = Array.IndexOf(["TopLeft", "", "BottomRight", "", "", "RightTop", "", "LeftBottom"], orientation) + 1;
        string turned = _folder.Write("b.jpg", TestJpeg.WithOrientation(File.ReadAllBytes(jpeg), number, littleEndian: true));
        // It keeps the orientation in an eXIf chunk.
        Run($"{turned} {png}");
        AssertNear(turned, ImageDecoder.Load(png), "-auto-orient");
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
                AssertNear(_folder.Write("b.png", file), ImageDecoder.Decode(file, "b.png"));
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
        byte[] actual = ImageResizer.Resize(ImageDecoder.Load(png).ToGray(), 48, 48).Pixels;
        for (int i = 0; i < expected.Length; i++) Assert.InRange(actual[i] - expected[i], -2, 2);
    }

    private static void AssertNear(string path, RgbImage image, string options = "", int levels = 2)
    {
        byte[] expected = Run($"{path} {options} -background white -alpha remove -alpha off -colorspace sRGB -depth 8 rgb:-");
        Assert.Equal(expected.Length, image.Pixels.Length);
        int most = Enumerable.Range(0, expected.Length).Max(i => Math.Abs(image.Pixels[i] - expected[i]));
        Assert.True(most <= levels, $"{most} levels apart");
    }

    private static void SkipWithoutImageMagick() => Assert.SkipUnless(File.Exists(Convert), $"ImageMagick is not installed ({Convert}).");

    private static byte[] Run(string arguments)
    {
        var start = new ProcessStartInfo(Convert, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
        return output.ToArray();
    }
}
