using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Reports;

namespace Fer.Pipeline.Interactive;

/// <summary>Pictures of faces.</summary>
internal static class FaceGrids
{
    private const byte Grey = 238;

    internal static GrayImage Picture(FaceSet faces, int index) => new(Face.Side, Face.Side, faces.Pixels(index).ToArray());

    internal static ImageGrid One(GrayImage image) => new()
    {
        Title = $"{image.Width} x {image.Height}",
        Description = "A picture.",
        Items = [new(image, "")],
        Columns = 1,
    };

    /// <summary>A row of a class: where it has fewer faces than the row has places, the rest are blank.</summary>
    internal static IEnumerable<ImageGridItem> Padded(FaceSet faces, int[] indices, int label, int places)
    {
        var blank = new byte[Face.PixelCount];
        Array.Fill(blank, Grey);
        return Enumerable.Range(0, places).Select(k => k < indices.Length
            ? new ImageGridItem(Picture(faces, indices[k]), faces.ClassNames[label])
            : new ImageGridItem(new GrayImage(Face.Side, Face.Side, blank), ""));
    }

    /// <summary>The mean of a class's faces; grey where it has none.</summary>
    internal static GrayImage Mean(FaceSet faces, int label)
    {
        var sum = new long[Face.PixelCount];
        int count = 0;
        for (int i = 0; i < faces.Count; i++)
        {
            if (faces.Label(i) != label) continue;
            count++;
            var pixels = faces.Pixels(i);
            for (int p = 0; p < sum.Length; p++) sum[p] += pixels[p];
        }
        return new(Face.Side, Face.Side, [.. sum.Select(value => count == 0 ? Grey : (byte)((value + count / 2) / count))]);
    }
}
