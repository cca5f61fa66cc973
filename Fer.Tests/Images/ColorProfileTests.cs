using Fer.Pipeline.Images;
using SkiaSharp;

namespace Fer.Tests.Images;

public sealed class ColorProfileTests
{
    [Fact]
    public void A_wide_gamut_is_brought_to_srgb_as_browsers_show_it()
    {
        using var wide = SKColorSpace.CreateRgb(SKColorSpaceTransferFn.Srgb, SKColorSpaceXyz.DisplayP3);
        // A red that both have is less of one in the wider gamut.
        Assert.InRange(Decode(wide, new SKColor(200, 50, 50)).Pixels[0], 210, 225);
        // Grey is grey in both.
        Assert.InRange(Decode(wide, new SKColor(120, 120, 120)).Pixels[1], 119, 121);
        using var linear = SKColorSpace.CreateSrgbLinear();
        Assert.InRange(Decode(linear, new SKColor(55, 55, 55)).Pixels[0], 126, 130);
    }

    [Fact]
    public void What_looks_like_srgb_keeps_its_values_to_the_bit()
    {
        using var srgb = SKColorSpace.CreateSrgb();
        using var gamma = SKColorSpace.CreateRgb(SKColorSpaceTransferFn.TwoDotTwo, SKColorSpaceXyz.Srgb);
        for (byte value = 0; value < 250; value += 10)
        {
            var color = new SKColor(value, 10, 99);
            Assert.Equal([value, 10, 99], Decode(srgb, color).Pixels);
            Assert.Equal([value, 10, 99], Decode(gamma, color).Pixels);
            Assert.Equal([value, 10, 99], Decode(null, color).Pixels);
        }
    }

    [Fact]
    public void A_damaged_profile_is_passed_over()
    {
        var plain = new TestPng(5, 4, 2, 8, false, 1);
        var broken = new TestPng(5, 4, 2, 8, false, 1) { Metadata = [("iCCP", [.. "x\0\0"u8, .. TestPng.Random(100, 2)])] };
        Assert.Equal(ImageDecoder.Decode(plain.ToFile(), "a").Pixels, ImageDecoder.Decode(broken.ToFile(), "a").Pixels);
    }

    private static RgbImage Decode(SKColorSpace? profile, SKColor color)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(1, 1, SKColorType.Rgba8888, SKAlphaType.Opaque, profile));
        byte[] pixel = [color.Red, color.Green, color.Blue, 255];
        System.Runtime.InteropServices.Marshal.Copy(pixel, 0, bitmap.GetPixels(), 4);
        using var file = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return ImageDecoder.Decode(file.ToArray(), "a");
    }
}
