using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Evaluation;

public class ConfidenceCurvesTests
{
    [Fact]
    public void Thresholds_and_precision_are_those_of_counting()
    {
        var made = RandomPredictions.Make(seed: 3, 150, 4);
        var curves = ConfidenceCurves.Compute(made.Probabilities, made.Labels, 4);
        for (int t = 0; t < 100; t += 7)
        {
            int kept = 0, right = 0;
            for (int i = 0; i < 150; i++)
            {
                float[] row = made.Probabilities[(4 * i)..(4 * i + 4)];
                if (row.Max() < t / 100f) continue;
                kept++;
                if (Array.IndexOf(row, row.Max()) == made.Labels[i]) right++;
            }
            Assert.Equal((kept, right), curves.Thresholds[t]);
        }
        for (int c = 0; c < 4; c++)
        {
            int total = made.Labels.Count(label => label == c);
            float[] scores = [.. Enumerable.Range(0, 150).Select(i => made.Probabilities[4 * i + c])];
            var points = scores.Distinct().Select(s =>
            {
                int[] named = [.. Enumerable.Range(0, 150).Where(i => scores[i] >= s)];
                int found = named.Count(i => made.Labels[i] == c);
                return (Recall: (double)found / total, Precision: (double)found / named.Length);
            }).ToArray();
            for (int r = 0; r <= 100; r += 5)
                Assert.Equal(points.Where(p => p.Recall >= r / 100.0 - 1e-9).Max(p => p.Precision), curves.Precision[c][r], 1e-9);
        }
    }

    [Fact]
    public void A_perfect_ranking_has_an_average_precision_of_1_and_a_class_without_faces_none()
    {
        float[] probabilities = [0.9f, 0.1f, 0, 0.8f, 0.2f, 0, 0.3f, 0.7f, 0];
        var curves = ConfidenceCurves.Compute(probabilities, [0, 0, 1], 3);
        Assert.Equal([1, 1, double.NaN], curves.AveragePrecision);
        Assert.All(curves.Precision[0], value => Assert.Equal(1, value));
        // All scores alike are one answer for all.
        Assert.Equal(2.0 / 3, ConfidenceCurves.Compute([0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f], [0, 0, 1], 2).AveragePrecision[0], 1e-12);
    }

    [Fact]
    public void A_gallery_shows_of_each_cell_the_surest_and_none_where_pictures_are_kept_out()
    {
        var made = RandomPredictions.Make(seed: 4, 60, 3);
        var faces = new FaceSet(made.Names, new byte[60 * Face.PixelCount], made.Labels, [.. Enumerable.Range(0, 60).Select(i => (long)i)]);
        var errors = LabelErrors.Find(made.Probabilities, made.Labels, made.Names);
        Assert.Null(FaceGallery.Choose(faces, made.Probabilities, errors, most: 0));
        var gallery = FaceGallery.Choose(faces, made.Probabilities, errors, most: 2)!;
        foreach (var cell in gallery.BehindCells.GroupBy(face => (face.Label, face.Predicted)))
        {
            float[] all = [.. Enumerable.Range(0, 60).Select(i => made.Probabilities[(3 * i)..(3 * i + 3)])
                .Where((row, i) => made.Labels[i] == cell.Key.Label && Array.IndexOf(row, row.Max()) == cell.Key.Predicted)
                .Select(row => row.Max()).OrderDescending()];
            Assert.Equal(all.Take(2), cell.Select(face => face.Probabilities[face.Predicted]));
        }
        Assert.All(gallery.Right, face => Assert.Equal(face.Label, face.Predicted));
        Assert.All(gallery.Wrong, face => Assert.NotEqual(face.Label, face.Predicted));
        Assert.Equal(errors.Suspects.Take(2).Select(one => (long)one.Index), gallery.Suspects.Select(face => face.Row));
    }
}
