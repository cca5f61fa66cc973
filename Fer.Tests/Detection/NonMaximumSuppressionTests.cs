using System.Numerics;
using Fer.Pipeline.Detection;

namespace Fer.Tests.Detection;

public class NonMaximumSuppressionTests
{
    [Fact]
    public void Boxes_of_one_face_become_their_mean_weighted_with_the_scores()
    {
        var face = Assert.Single(NonMaximumSuppression.Apply([Face(0, 0, 100, 0.5f), Face(10, 20, 100, 1f)], 0.3f));
        Assert.Equal(1f, face.Score);
        Assert.Equal(20f / 3, face.Box.X, 1e-4f);
        Assert.Equal(40f / 3, face.Box.Y, 1e-4f);
        Assert.Equal(100, face.Box.Width, 1e-4f);
        Assert.Equal(20f / 3 + 50, face.Landmarks.NoseTip.X, 1e-4f);
    }

    [Fact]
    public void Separate_faces_stay_separate_highest_score_first()
    {
        var faces = NonMaximumSuppression.Apply([Face(0, 0, 50, 0.7f), Face(200, 0, 50, 0.9f), Face(45, 0, 50, 0.8f)], 0.3f);
        Assert.Equal([0.9f, 0.8f, 0.7f], faces.Select(f => f.Score));
    }

    [Fact]
    public void A_part_of_a_face_is_not_a_second_face() =>
        Assert.Equal(100, Assert.Single(NonMaximumSuppression.Apply([Face(0, 0, 100, 0.9f), Face(20, 20, 30, 0.8f)], 0.3f)).Box.Width);

    [Fact]
    public void The_order_of_the_candidates_does_not_matter()
    {
        DetectedFace[] candidates = [.. Enumerable.Range(0, 30).Select(i => Face(i * 7 % 100, i * 13 % 90, 40, 0.5f + i % 7 * 0.05f))];
        var expected = NonMaximumSuppression.Apply(candidates, 0.3f);
        Assert.Equal(expected, NonMaximumSuppression.Apply(candidates.Reverse(), 0.3f));
        Assert.InRange(expected.Count, 2, 29);
    }

    [Fact]
    public void No_candidates_give_no_faces() => Assert.Empty(NonMaximumSuppression.Apply([], 0.3f));

    internal static DetectedFace Face(float x, float y, float side, float score)
    {
        var middle = new Vector2(x + side / 2, y + side / 2);
        return new DetectedFace(new FaceBox(x, y, side, side), score, new FaceLandmarks(middle, middle, middle, middle, middle, middle));
    }
}
