namespace Fer.Tests.Images;

/// <summary>Small pictures of each kind (make.sh in Golden/jpeg and Golden/pictures), and as PNG what ImageMagick reads.</summary>
internal static class GoldenPictures
{
    internal static IReadOnlyList<string> Names { get; } =
    [
        "baseline-420.jpg", "progressive-422.jpg", "restart-420.jpg", "cmyk.jpg", "gray.jpg",
        "lossy.webp", "seen-through.webp", "palette.gif", "animated.gif", "colours.bmp", "palette.bmp",
        // The others' reference is a PNG itself.
        "baseline-420.png",
    ];

    internal static string Path(string name) => In(IsOfJpeg(name) ? "jpeg" : "pictures", name);

    /// <summary>Where what should be read lies.</summary>
    internal static string Expected(string name) =>
        IsOfJpeg(name) ? In("jpeg", System.IO.Path.ChangeExtension(name, ".png")) : In("pictures", name + ".png");

    internal static byte[] Read(string name) => File.ReadAllBytes(Path(name));

    private static bool IsOfJpeg(string name) => System.IO.Path.GetExtension(name) is ".jpg" or ".png";

    private static string In(string folder, string name) => System.IO.Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", folder, name);
}
