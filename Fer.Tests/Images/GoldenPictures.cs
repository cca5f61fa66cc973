namespace Fer.Tests.Images;

/// <summary>Small pictures of each kind (Golden/jpeg/make.sh, Golden/pictures/make.sh), and as PNG what ImageMagick reads from them.</summary>
internal static class GoldenPictures
{
    internal static IReadOnlyList<string> Names { get; } =
    [
        "baseline-420.jpg", "progressive-422.jpg", "restart-420.jpg", "cmyk.jpg", "gray.jpg",
        "lossy.webp", "seen-through.webp", "palette.gif", "animated.gif", "colours.bmp", "palette.bmp",
        "baseline-420.png",
    ];

    internal static string Path(string name) => name == "baseline-420.png" ? In("jpeg", name) : name.EndsWith(".jpg", StringComparison.Ordinal) ? In("jpeg", name) : In("pictures", name);

    /// <summary>Where what should be read lies.</summary>
    internal static string Expected(string name) => name.EndsWith(".jpg", StringComparison.Ordinal)
        ? In("jpeg", System.IO.Path.ChangeExtension(name, ".png"))
        : name.EndsWith(".png", StringComparison.Ordinal) ? Path(name) : In("pictures", name + ".png");

    internal static byte[] Read(string name) => File.ReadAllBytes(Path(name));

    private static string In(string folder, string name) => System.IO.Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", folder, name);
}
