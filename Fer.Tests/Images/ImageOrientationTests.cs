using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

/// <summary>Programs put the orientation of a picture in many places; each is looked at.</summary>
public sealed class ImageOrientationTests
{
    private const string XmpName = "http://ns.adobe.com/xap/1.0/\0";

    private static readonly byte[] Tiff = TestJpeg.Tiff(6, littleEndian: false);

    private static readonly byte[] Exif = [.. "Exif\0\0"u8, .. Tiff];

    public static TheoryData<string, string, byte[]> PngChunks => new()
    {
        { "eXIf", "eXIf", Tiff },
        { "eXIf as in a JPEG", "eXIf", Exif },
        { "ImageMagick's Exif", "zTXt", Packed("Raw profile type exif", Raw("exif", Exif)) },
        { "ExifTool's APP1", "zTXt", Packed("Raw profile type APP1", Raw("generic", Exif)) },
        { "APP1 with XMP", "tEXt", Text("Raw profile type APP1", Raw("APP1", [.. Encoding.ASCII.GetBytes(XmpName), .. Xmp(6)])) },
        { "ImageMagick's XMP", "tEXt", Text("Raw profile type xmp", Raw("xmp", Xmp(6))) },
        { "XMP", "iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Xmp(6)] },
        { "packed XMP", "iTXt", [.. "XML:com.adobe.xmp\0\x1\0en\0x\0"u8, .. Deflated(Xmp(6))] },
        { "XMP as an element", "iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Xmp(6, asElement: true)] },
    };

    [Theory]
    [MemberData(nameof(PngChunks))]
    public void A_png_is_turned_by(string place, string type, byte[] body)
    {
        var turned = ImageDecoder.Decode(new TestPng(5, 4, 2, 8, false, 1) { Metadata = [(type, body)] }.ToFile(), place);
        Assert.Equal((4, 5), (turned.Width, turned.Height));
        // Cut anywhere, it says the same or nothing.
        for (int kept = 0; kept < body.Length; kept += 7)
        {
            byte[] cut = new TestPng(5, 4, 2, 8, false, 1) { Metadata = [(type, body[..kept])] }.ToFile();
            Assert.Contains(ImageDecoder.Decode(cut, place).Width, (int[])[4, 5]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_webp_is_turned(bool asInJpeg)
    {
        var upright = ImageDecoder.Decode(GoldenPictures.Read("lossy.webp"), "a");
        var turned = ImageDecoder.Decode(WebP("EXIF", asInJpeg ? Exif : Tiff), "a");
        Assert.Equal((upright.Height, upright.Width), (turned.Width, turned.Height));
        turned = ImageDecoder.Decode(WebP("XMP ", Xmp(6)), "a");
        Assert.Equal((upright.Height, upright.Width), (turned.Width, turned.Height));
        // The first row is seen as the last column.
        Assert.Equal(upright.Pixels[..3], turned.Pixels[(3 * (turned.Width - 1))..(3 * turned.Width)]);
    }

    [Fact]
    public void Exif_is_believed_before_xmp_wherever_they_are()
    {
        byte[] gray = GoldenPictures.Read("gray.jpg");
        byte[] xmp = [.. Encoding.ASCII.GetBytes(XmpName), .. Xmp(6)];
        Assert.Equal(36, ImageDecoder.Decode(TestJpeg.WithApp1(gray, xmp), "a").Width);
        Assert.Equal(40, ImageDecoder.Decode(TestJpeg.WithApp1(TestJpeg.WithOrientation(gray, 3, true), xmp), "a").Width);
        var png = new TestPng(5, 4, 2, 8, false, 1)
        {
            Metadata = [("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. Xmp(6)]), ("eXIf", TestJpeg.Tiff(1, littleEndian: true))],
        };
        Assert.Equal(5, ImageDecoder.Decode(png.ToFile(), "a").Width);
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"6\">]><a xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='&b;'/>")]
    [InlineData("<a xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Orientation='9'/>")]
    [InlineData("<a xmlns:tiff='http://ns.adobe.com/tiff/1.0/'><tiff:Orientation><b/></tiff:Orientation></a>")]
    [InlineData("<a Orientation='6'/>")]
    [InlineData("")]
    public void What_xmp_does_not_say_is_upright(string packet) => Assert.Null(XmpOrientation.Of(Encoding.UTF8.GetBytes(packet)));

    private static byte[] Xmp(int orientation, bool asElement = false)
    {
        string attribute = asElement ? "" : $" tiff:Orientation=\"{orientation}\"";
        string element = asElement ? $"<tiff:Orientation>{orientation}</tiff:Orientation>" : "";
        return Encoding.UTF8.GetBytes("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">" +
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">" +
            $"<rdf:Description rdf:about=\"\" xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\"{attribute}>{element}</rdf:Description>" +
            "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>");
    }

    // As ImageMagick writes it: a line break, the name, the length, and 36 bytes a line.
    private static byte[] Raw(string name, byte[] profile) => Encoding.ASCII.GetBytes(
        $"\n{name}\n{profile.Length,8}\n{string.Join('\n', profile.Chunk(36).Select(Convert.ToHexStringLower))}\n");

    private static byte[] Text(string keyword, byte[] text) => [.. Encoding.ASCII.GetBytes(keyword), 0, .. text];

    private static byte[] Packed(string keyword, byte[] text) => [.. Encoding.ASCII.GetBytes(keyword), 0, 0, .. Deflated(text)];

    private static byte[] Deflated(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal)) zlib.Write(text);
        return packed.ToArray();
    }

    /// <summary>A WebP file with a chunk of metadata: its extended form, around the picture of a plain one.</summary>
    private static byte[] WebP(string type, byte[] body)
    {
        byte[] plain = GoldenPictures.Read("lossy.webp");
        var extended = new byte[10];
        extended[0] = type == "EXIF" ? (byte)8 : (byte)4;
        (extended[4], extended[7]) = (39, 35);
        byte[] chunks = [.. "WEBP"u8, .. Chunk("VP8X", extended), .. plain.AsSpan(12), .. Chunk(type, body)];
        return Chunk("RIFF", chunks);

        static byte[] Chunk(string type, byte[] body)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, body.Length);
            return [.. Encoding.ASCII.GetBytes(type), .. length, .. body, .. new byte[body.Length & 1]];
        }
    }
}
