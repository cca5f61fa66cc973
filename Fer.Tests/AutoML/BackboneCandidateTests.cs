using Fer.Pipeline.AutoML;
using Fer.Pipeline.Models;

namespace Fer.Tests.AutoML;

public class BackboneCandidateTests
{
    private static readonly BackboneEntry Large = new()
    {
        Name = "Large",
        Origin = "large.onnx",
        Sha256 = new string('0', 64),
        Bytes = 1,
        Preprocessing = "imagenet",
        Input = "3x224x224",
        Features = 2048,
        Parameters = 1,
        MultiplyAccumulates = 4_000_000_000,
    };

    /// <summary>Trials of 9, 3 and 1 times <paramref name="shortest"/> seconds, and one final training.</summary>
    private static BudgetPlan Plan(double shortest, double final) => new()
    {
        Budget = TimeSpan.FromSeconds(final + 36 * shortest),
        Trials = 13,
        TrialTime = TimeSpan.FromSeconds(9 * shortest),
        Rungs = 3,
        Exploration = TimeSpan.FromSeconds(36 * shortest),
        Reserve = TimeSpan.Zero,
    };

    private static IReadOnlyList<BackboneCandidate> Choose(BudgetPlan plan, double multiplyAccumulates = 160e9) =>
        BackboneCandidate.Choose([Large], multiplyAccumulates, plan, training: 28709, validation: 3589);

    [Fact]
    public void A_backbone_joins_at_its_own_side_where_the_time_is_enough()
    {
        var candidate = Assert.Single(Choose(Plan(shortest: 200, final: 10_000)));
        Assert.Equal("Large@224", candidate.Architecture);
        Assert.Equal(40, candidate.FacesPerSecond, 1e-9);
        Assert.Equal(("Large", 224), BackboneCandidate.Parse(candidate.Architecture));
    }

    [Theory]
    [InlineData(40, 96)] // 4,101 faces in 28 seconds are 146 a second, which 128 pixels do not give
    [InlineData(100, 160)]
    public void Less_time_is_less_pixels(double shortest, int side) =>
        Assert.Equal(side, Assert.Single(Choose(Plan(shortest, 10_000))).Side);

    [Fact]
    public void What_cannot_be_done_in_time_stays_out()
    {
        Assert.Empty(Choose(Plan(shortest: 5, final: 10_000)));
        Assert.Empty(Choose(Plan(shortest: 200, final: 60)));
        Assert.Empty(Choose(Plan(shortest: 200, final: 10_000) with { Trials = 0 }));
    }

    [Fact]
    public void Several_final_trainings_share_the_time() =>
        Assert.True(Assert.Single(Choose(Plan(200, 1100) with { Finals = 4 })).Side < Assert.Single(Choose(Plan(200, 1100))).Side);

    [Fact]
    public void A_trial_sees_as_many_faces_as_its_time_is_enough_for()
    {
        var candidate = new BackboneCandidate("Large", 224, FacesPerSecond: 100);
        Assert.Equal(6000, candidate.FacesWithin(TimeSpan.FromSeconds(100), trainsLayers: false, validation: 1000));
        Assert.Equal(2000, candidate.FacesWithin(TimeSpan.FromSeconds(100), trainsLayers: true, validation: 1000));
        Assert.Equal(512, candidate.FacesWithin(TimeSpan.FromSeconds(1), trainsLayers: true, validation: 1000));
    }

    [Theory]
    [InlineData("FerNet")]
    [InlineData("@96")]
    public void A_name_without_a_side_is_no_backbone(string architecture) => Assert.Null(BackboneCandidate.Parse(architecture));
}
