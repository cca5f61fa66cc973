using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public sealed class DivergenceRecoveryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly FaceSet Faces = SyntheticFaces.Create(128), Validation = SyntheticFaces.Create(64, seed: 2);

    // Two linear layers without anything between them: whatever the weights were, a smaller rate learns.
    private static ImageClassificationTrainer.Options TooFast => new ImageClassificationTrainer.Options
    {
        Epoch = 16,
        BatchSize = 16,
        LearningRate = 0.2,
        LabelSmoothing = 0,
        Augmentation = FaceAugmentation.None,
        ProgressiveResizing = 0,
        Threads = 2,
    }.Resolve(null);

    private static TrainingResult Fit(ImageClassificationTrainer.Options options, CancellationToken cancellation)
    {
        var builder = new NetworkBuilder("Deep", new Shape(1, Face.Side, Face.Side));
        var pixels = builder.Add(new Affine(128, 1f / 64), "scale", builder.Input);
        var hidden = builder.Add(new Linear(Face.PixelCount, 8), "hidden", builder.Add(new Flatten(), "flat", pixels));
        builder.Add(new Linear(8, Faces.ClassNames.Count), "head", hidden);
        var network = builder.Build();
        network.Initialize(1);
        return new TrainingLoop(network, TrainingInput.Of(Faces), TrainingInput.Of(Validation), options).Run(cancellation);
    }

    [Fact]
    public void Training_that_diverges_goes_back_says_so_and_learns_with_a_smaller_rate()
    {
        var warnings = new List<string>();
        var rates = new List<double>();
        var result = Fit(TooFast with
        {
            MetricsCallback = m => { if (m.Warning is { } warning) warnings.Add(warning); },
            ProgressCallback = p => rates.Add(p.LearningRate),
        }, TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.Completed, result.Outcome);
        Assert.Equal(128, result.Steps);
        Assert.InRange(warnings.Count, 1, DivergenceRecovery.UsualMost);
        Assert.All(warnings, w => Assert.Contains("not a number", w, StringComparison.Ordinal));
        Assert.InRange(result.Best!.ValidationAccuracy!.Value, 0.55, 1);
        Assert.InRange(rates[^10], 0, TooFast.LearningRate!.Value * DivergenceRecovery.RateFactor);
    }

    [Fact]
    public void Run_that_is_stopped_after_a_return_goes_on_bit_for_bit()
    {
        var options = TooFast with { WorkspacePath = _folder.File("checkpoint") };
        var whole = Fit(options with { WorkspacePath = null }, TestContext.Current.CancellationToken);
        using var cancel = new CancellationTokenSource();
        var stopped = Fit(options with { ProgressCallback = p => { if (p.Step == 21) cancel.Cancel(); } }, cancel.Token);
        Assert.Equal(TrainingOutcome.Cancelled, stopped.Outcome);
        var resumed = Fit(options with { Resume = true }, TestContext.Current.CancellationToken);
        Assert.Equal(whole.Network.Parameters.Values.ToArray(), resumed.Network.Parameters.Values.ToArray());
        Assert.Equal(whole.History.Select(m => m.ValidationLoss), resumed.History.Select(m => m.ValidationLoss));
    }

    [Fact]
    public void Without_returns_it_has_diverged() =>
        Assert.Equal(TrainingOutcome.Diverged, Fit(TooFast with { MostRecoveries = 0 }, TestContext.Current.CancellationToken).Outcome);

    [Fact]
    public void Weights_that_are_no_numbers_are_not_kept()
    {
        var builder = new NetworkBuilder("Small", new Shape(2));
        builder.Add(new Linear(2, 2), "head", builder.Input);
        var network = builder.Build();
        network.Initialize(1);
        var values = network.Parameters.Values;
        float[] before = values.ToArray();
        var recovery = new DivergenceRecovery(network.Parameters, most: 2);
        values[0] = float.NaN;
        recovery.Keep();
        Assert.True(recovery.TryReturn());
        Assert.Equal(before, network.Parameters.Values.ToArray());
        Assert.Equal(DivergenceRecovery.RateFactor, recovery.Factor);
        values[0] = 7;
        recovery.Keep();
        values[0] = 8;
        Assert.True(recovery.TryReturn());
        Assert.Equal(7, network.Parameters.Values[0]);
        Assert.False(recovery.TryReturn());
    }
}
