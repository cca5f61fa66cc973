using Fer.Pipeline.Detection;
using Fer.Pipeline.Serving;
using Fer.Tests.AutoML;

namespace Fer.Tests.Serving;

public sealed class LiveFacesTests
{
    private readonly ManualTime _time = new();
    private readonly LiveFaces _faces;

    public LiveFacesTests() => _faces = new LiveFaces(_time);

    private static FaceAnswer Face(float x, params float[] probabilities) => new(new FaceBox(x, 0, 100, 100), 1, probabilities);

    [Fact]
    public void Faces_that_move_keep_their_numbers_whatever_their_order()
    {
        Assert.Equal([1, 2], _faces.Follow([Face(0, 1, 0), Face(300, 0, 1)]).Select(f => f.Id));
        for (int step = 1; step < 10; step++)
        {
            _time.Advance(0.05);
            Assert.Equal([2, 1], _faces.Follow([Face(300 - 15 * step, 0, 1), Face(5 * step, 1, 0)]).Select(f => f.Id));
        }
    }

    [Fact]
    public void Probabilities_follow_a_change_smoothly_and_still_sum_to_one()
    {
        _faces.Follow([Face(0, 1, 0)]);
        _time.Advance(LiveFaces.SmoothingSeconds);
        var after = _faces.Follow([Face(0, 0, 1)])[0].Smoothed.Probabilities;
        Assert.Equal(1 - Math.Exp(-1), after[1], 1e-5);
        Assert.Equal(1, after.Sum(), 1e-5);
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(0.1);
            after = _faces.Follow([Face(0, 0, 1)])[0].Smoothed.Probabilities;
        }
        Assert.Equal(1, after[1], 1e-4);
    }

    [Fact]
    public void A_face_that_is_gone_a_moment_is_the_same_and_one_gone_longer_is_new()
    {
        Assert.Equal(1, _faces.Follow([Face(0, 1, 0)])[0].Id);
        _time.Advance(0.3);
        Assert.Empty(_faces.Follow([]));
        _time.Advance(0.3);
        Assert.Equal(1, _faces.Follow([Face(10, 1, 0)])[0].Id);
        _time.Advance(2);
        Assert.Equal(2, _faces.Follow([Face(10, 1, 0)])[0].Id);
    }
}
