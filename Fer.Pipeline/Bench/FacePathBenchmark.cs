using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Pipeline.Training;

namespace Fer.Bench;

/// <summary>How a model's accuracy changes on the way from a picture to the classifier.</summary>
/// <param name="Framing">How much of a face the classifier saw.</param>
/// <param name="Faces">Faces that were put into pictures.</param>
/// <param name="Found">Those that the detector found where they were.</param>
/// <param name="Direct">Accuracy on those found, cropped as the data set has them.</param>
/// <param name="Through">Accuracy on those found, as the detector had them cropped.</param>
internal sealed record FacePathFigure(FaceFraming Framing, int Faces, int Found, double Direct, double Through)
{
    /// <summary>Points of accuracy that the way costs.</summary>
    internal double Loss => 100 * (Direct - Through);
}

/// <summary>
/// Puts faces of a data set, twice to four times as large, into pictures at random places, has them found, cropped and classified, and
/// compares that with classifying them directly.
/// </summary>
internal static class FacePathBenchmark
{
    private const int Width = 400, Height = 300;

    // Keeps these random numbers apart from those of other uses of a seed.
    private const long RandomPurpose = 7;

    /// <summary>The default framing, and what is a little larger or smaller, higher or lower, or not turned upright.</summary>
    internal static IReadOnlyList<FaceFraming> Framings { get; } =
    [
        new(),
        new() { Upright = false },
        .. from scale in (float[])[0.9f, 1, 1.1f]
           from down in (float[])[-0.05f, 0, 0.05f]
           where scale != 1 || down != 0
           select new FaceFraming { Scale = scale * new FaceFraming().Scale, Down = down + new FaceFraming().Down },
    ];

    internal static IReadOnlyList<FacePathFigure> Run(
        FerModel model, FaceFinder finder, FaceSet faces, IReadOnlyList<FaceFraming> framings, long seed,
        CancellationToken cancellationToken)
    {
        var found = new List<int>();
        var crops = framings.Select(_ => new MemoryStream()).ToArray();
        for (int i = 0; i < faces.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new RandomStream(seed, faces.Row(i), RandomPurpose);
            var (picture, place) = Paste(faces.Pixels(i), ref random);
            // A face is found where a box overlaps the pasted square; the detector's box is the smaller of the two.
            var overlapping = finder.Find(picture).Where(f => f.Box.IntersectionOverUnion(place) >= 0.3f).ToArray();
            if (overlapping is not [var face, ..]) continue;
            found.Add(i);
            for (int k = 0; k < framings.Count; k++) crops[k].Write(framings[k].Around(face).Crop(picture));
        }
        if (found.Count == 0) throw new FerException("The detector found none of the faces, so there is nothing to compare.");
        double direct = Accuracy(model.Predict(faces.Select([.. found])), found);
        return [.. framings.Select((framing, k) => new FacePathFigure(
            framing, faces.Count, found.Count, direct, Accuracy(model.Predict(crops[k].ToArray(), found.Count), found)))];

        double Accuracy(float[] probabilities, List<int> rows)
        {
            int classes = model.ClassNames.Count, right = 0;
            for (int i = 0; i < rows.Count; i++)
            {
                var row = probabilities.AsSpan(i * classes, classes);
                if (ModelScores.ArgMax(row) == faces.Label(rows[i])) right++;
            }
            return (double)right / rows.Count;
        }
    }

    /// <summary>A picture whose grey runs from one corner to the other, with the face somewhere in it.</summary>
    private static (RgbImage Picture, FaceBox Place) Paste(ReadOnlySpan<byte> face, ref RandomStream random)
    {
        int side = (int)(Face.Side * random.NextDouble(2, 4));
        int left = random.NextInt32(Width - side + 1), top = random.NextInt32(Height - side + 1);
        double from = random.NextDouble(30, 225), to = random.NextDouble(30, 225);
        var large = ImageResizer.Resize(new GrayImage(Face.Side, Face.Side, face.ToArray()), side, side);
        var pixels = new byte[3 * Width * Height];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int u = x - left, v = y - top;
                byte gray = u >= 0 && v >= 0 && u < side && v < side
                    ? large.Pixels[v * side + u]
                    : (byte)(from + (to - from) * (x + y) / (Width + Height));
                pixels.AsSpan(3 * (y * Width + x), 3).Fill(gray);
            }
        }
        return (new RgbImage(Width, Height, pixels), new FaceBox(left, top, side, side));
    }
}
