using Fer.Pipeline.Detection;
using Fer.Pipeline.Models;

namespace Fer.Tests.Detection;

public class FaceTrackerTests
{
    [Fact]
    public void Faces_keep_their_numbers_whatever_order_they_come_in()
    {
        var tracker = new FaceTracker();
        Assert.Equal([1, 2], Ids(tracker.Update([Face(0), Face(200)], 0)));
        Assert.Equal([2, 1], Ids(tracker.Update([Face(205), Face(5)], 0.1)));
        Assert.Equal([3, 1, 2], Ids(tracker.Update([Face(400), Face(10), Face(210)], 0.2)));
    }

    [Fact]
    public void A_face_that_returns_soon_keeps_its_number_and_later_gets_a_new_one()
    {
        var tracker = new FaceTracker(patienceSeconds: 1);
        tracker.Update([Face(0)], 0);
        Assert.Empty(tracker.Update([], 0.5));
        Assert.Equal([1], Ids(tracker.Update([Face(0)], 0.9)));
        Assert.Equal([2], Ids(tracker.Update([Face(0)], 2.5)));
    }

    [Fact]
    public void Probabilities_converge_to_new_ones_over_time()
    {
        var tracker = new FaceTracker(smoothingSeconds: 0.5);
        Assert.Equal(1, Happy(tracker.Update([Face(0, happy: 1)], 10)), 1e-6f);
        Assert.Equal(MathF.Exp(-1), Happy(tracker.Update([Face(0, happy: 0)], 10.5)), 1e-5f);
        Assert.Equal(MathF.Exp(-3), Happy(tracker.Update([Face(0, happy: 0)], 11.5)), 1e-5f);
    }

    [Fact]
    public void Without_smoothing_each_frame_is_taken_as_it_is()
    {
        var tracker = new FaceTracker(smoothingSeconds: 0);
        tracker.Update([Face(0, happy: 1)], 0);
        Assert.Equal(0.25f, Happy(tracker.Update([Face(0, happy: 0.25f)], 0)), 1e-6f);
    }

    private static int[] Ids(IReadOnlyList<TrackedFace> faces) => [.. faces.Select(f => f.Id)];

    private static float Happy(IReadOnlyList<TrackedFace> faces)
    {
        var prediction = Assert.Single(faces).Prediction;
        Assert.Equal(1, prediction.Probabilities.Values.Sum(), 1e-5f);
        return prediction.Probabilities["happy"];
    }

    private static PredictedFace Face(float x, float happy = 0.5f)
    {
        var prediction = new FerPrediction("happy", happy, new Dictionary<string, float> { ["happy"] = happy, ["sad"] = 1 - happy });
        return new PredictedFace(new FaceBox(x, 0, 100, 100), NonMaximumSuppressionTests.Face(x, 0, 100, 0.9f), prediction);
    }
}
