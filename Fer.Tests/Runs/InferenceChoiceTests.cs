using Fer.Pipeline;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;
using Fer.Tests.Networks;
using Fer.Tests.Training;

namespace Fer.Tests.Runs;

public class InferenceChoiceTests
{
    private static readonly Fer.Pipeline.Data.FaceSet Faces = SyntheticFaces.Create(60, classes: 3, seed: 9, noise: 120);

    private static Network Train(long seed, int epochs) => new ImageClassificationTrainer(new()
    {
        InputSide = 40,
        Width = 0.25,
        Epoch = epochs,
        BatchSize = 16,
        LearningRate = 0.02,
        Seed = seed,
        Threads = 2,
    }).Fit(SyntheticFaces.Create(48, classes: 3, seed: seed, noise: 120), cancellation: TestContext.Current.CancellationToken).Network;

    private static ChosenInference Choose(InferenceLimits limits, params Network[] candidates) =>
        new InferenceChoice(Faces, limits, 2, TimeProvider.System).Choose(candidates);

    [Fact]
    public void What_is_chosen_is_never_worse_than_the_plain_model_and_costs_no_more_than_allowed()
    {
        Network[] candidates = [Train(1, 2), Train(2, 2), Train(3, 1)];
        var plain = Choose(new InferenceLimits { MaxLatency = TimeSpan.Zero }, candidates);
        Assert.Equal((1, FaceViews.Centre), (plain.Members.Count, plain.Views));
        var free = Choose(new InferenceLimits { MaxLatency = TimeSpan.FromHours(1) }, candidates);
        Assert.Same(candidates[0], free.Members[0]);
        Assert.True(free.Metrics.Accuracy >= plain.Metrics.Accuracy);
        Assert.True(free.Metrics.Accuracy > plain.Metrics.Accuracy || (free.Members.Count == 1 && free.Views == FaceViews.Centre));
        var little = Choose(new InferenceLimits { MaxMultiplyAccumulates = 1 }, candidates);
        Assert.Equal((1, FaceViews.Centre), (little.Members.Count, little.Views));
        // Work, not time, is the limit where nobody asks for a time.
        var same = Choose(new InferenceLimits(), candidates);
        Assert.Equal((free.Members.Count, free.Views), (same.Members.Count, same.Views));
        var small = Choose(new InferenceLimits { MaxLatency = TimeSpan.FromHours(1), MaxBytes = 1 }, candidates);
        Assert.Single(small.Members);
        var hasty = Choose(new InferenceLimits { Patience = TimeSpan.Zero, MaxLatency = TimeSpan.FromHours(1) }, candidates);
        Assert.Equal((1, FaceViews.Centre), (hasty.Members.Count, hasty.Views));
    }

    [Fact]
    public void What_fits_is_read_again_within_the_same_limits()
    {
        Network[] members = [TestNetworks.Classifier(), TestNetworks.Classifier(seed: 2)];
        using var file = new MemoryStream();
        OnnxWriter.Write(InferenceGraph.Create(members, FaceViews.Ten), file);
        int fits = 0, read = 0;
        for (long kilobytes = 64; kilobytes <= 64 << 10; kilobytes = kilobytes * 5 / 4)
        {
            var limits = new OnnxReadLimits { MaxMemoryBytes = kilobytes << 10 };
            bool isRead = true;
            file.Position = 0;
            try
            {
                OnnxReader.Read(file, limits: limits);
                read++;
            }
            catch (FerException)
            {
                isRead = false;
            }
            bool isFit = InferenceChoice.Fits(members, FaceViews.Ten, limits);
            if (isFit) fits++;
            Assert.True(isRead || !isFit, $"{kilobytes} KiB");
        }
        // It asks for little more than reading does.
        Assert.InRange(fits, read - 2, read);
        Assert.InRange(read, 3, 25);
    }

    [Theory]
    [InlineData(FaceViews.Flip)]
    [InlineData(FaceViews.Ten)]
    public void Views_that_are_asked_for_are_taken(FaceViews views) =>
        Assert.Equal(views, Choose(new InferenceLimits { Views = views, MaxLatency = TimeSpan.Zero }, Train(1, 1)).Views);
}
