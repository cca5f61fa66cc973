using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;

namespace Fer.Tests.Detection;

public class SamplePhotographTests
{
    [Theory]
    [InlineData(DetectorRange.Far)]
    [InlineData(DetectorRange.Near)]
    public void Every_clearly_visible_face_is_found_where_a_person_drew_it(DetectorRange range)
    {
        Assert.SkipUnless(SamplePhotographs.Missing is null, SamplePhotographs.Missing ?? "");
        using var finder = FaceFinder.Load(new FaceFinderOptions { Range = range });
        int others = 0;
        foreach (var (number, drawn) in SamplePhotographs.Faces)
        {
            var found = finder.Find(ImageDecoder.Load(SamplePhotographs.File1To6(number)));
            foreach (var box in drawn)
            {
                float best = found.Select(f => f.Box.IntersectionOverUnion(box)).Append(0).Max();
                Assert.True(best >= 0.5f, $"sample{number}.jpg, {box}: {best}");
            }
            others += found.Count(f => !drawn.Any(box => f.Box.IntersectionOverUnion(box) >= 0.3f));
        }
        Assert.Equal(0, others);
    }

    [Fact]
    public void Small_faces_in_a_large_picture_are_found()
    {
        Assert.SkipUnless(SamplePhotographs.Missing is null, SamplePhotographs.Missing ?? "");
        // A photograph made a third as large on a wide grey ground: faces of about 80 in 3,200 pixels.
        var photo = ImageDecoder.Load(SamplePhotographs.File1To6(6));
        var ground = new RgbImage(3200, 1800, new byte[3 * 3200 * 1800]);
        ground.Pixels.AsSpan().Fill(120);
        const int left = 2000, top = 900, shrink = 3;
        for (int y = 0; y < photo.Height / shrink; y++)
            for (int x = 0; x < photo.Width / shrink; x++)
                for (int c = 0; c < 3; c++)
                    ground.Pixels[3 * ((top + y) * 3200 + left + x) + c] = photo.Pixels[3 * (y * shrink * photo.Width + x * shrink) + c];
        using var finder = FaceFinder.Load();
        var found = finder.Find(ground);
        foreach (var box in SamplePhotographs.Faces[6])
        {
            var small = new FaceBox(left + box.X / shrink, top + box.Y / shrink, box.Width / shrink, box.Height / shrink);
            Assert.Contains(found, f => f.Box.IntersectionOverUnion(small) >= 0.4f);
        }
    }
}
