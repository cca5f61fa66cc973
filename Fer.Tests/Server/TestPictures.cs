using Fer.Pipeline.Images;

namespace Fer.Tests.Server;

/// <summary>Pictures as cameras send them.</summary>
internal static class TestPictures
{
    /// <summary>A PNG too small to hold a face.</summary>
    internal static byte[] Tiny { get; } = PngEncoder.Encode(new GrayImage(8, 8, new byte[64]));

    /// <summary>A baseline JPEG of 64 x 48 pixels: a gradient, made with ImageMagick.</summary>
    internal static byte[] Jpeg { get; } = Convert.FromBase64String(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/" +
        "wAALCAAwAEABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFRABAQAAAAAAAAAAAAAAAAAAABP/2gAIAQEAAD8AxpEiRIkSJElkiRIkSJEiSyRIkSJE" +
        "iRJZIkSJEiRIkskSJEiRIkSWSJEiRIkSJP/Z");
}
