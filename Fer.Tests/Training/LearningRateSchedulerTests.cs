using Fer.Pipeline;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class LearningRateSchedulerTests
{
    private static double At(LearningRateScheduler scheduler, double fraction, long step = 0) =>
        scheduler.Factor(new TrainState(step, 10, fraction));

    [Fact]
    public void Cosine_warms_up_peaks_and_ends_at_exactly_0()
    {
        var cosine = new CosineDecay();
        Assert.Equal(0.01, At(cosine, 0), 1e-12);
        Assert.Equal(0.505, At(cosine, 0.05), 1e-12);
        Assert.Equal(1, At(cosine, 0.1), 1e-12);
        Assert.Equal(0.5, At(cosine, 0.55), 1e-12);
        Assert.Equal(0, At(cosine, 1));
        Assert.Equal(1, At(cosine with { WarmupFraction = 0 }, 0));
    }

    [Fact]
    public void Step_decay_drops_at_its_steps_or_shares_of_the_run()
    {
        var bySteps = new StepDecay { Gamma = 0.5, Steps = 100 };
        Assert.Equal(1, At(bySteps, 0.9, 99));
        Assert.Equal(0.5, At(bySteps, 0.1, 100));
        Assert.Equal(0.25, At(bySteps, 0.1, 299), 1e-12);
        var byRun = new StepDecay { Gamma = 0.1, Drops = 2 };
        Assert.Equal(1, At(byRun, 0.33));
        Assert.Equal(0.1, At(byRun, 0.34), 1e-12);
        Assert.Equal(0.01, At(byRun, 1), 1e-12);
    }

    [Fact]
    public void Exponential_and_polynomial_decay_reach_their_ends()
    {
        var exponential = new ExponentialDecay { Gamma = 0.01 };
        Assert.Equal(1, At(exponential, 0));
        Assert.Equal(0.1, At(exponential, 0.5), 1e-12);
        Assert.Equal(0.01, At(exponential, 1), 1e-12);
        Assert.Equal(0.01, At(exponential with { Steps = 50 }, 0.2, 50), 1e-12);
        var polynomial = new PolynomialDecay { Power = 2, EndFactor = 0.1 };
        Assert.Equal(1, At(polynomial, 0));
        Assert.Equal(0.1 + 0.9 * 0.25, At(polynomial, 0.5), 1e-12);
        Assert.Equal(0.1, At(polynomial, 1), 1e-12);
        Assert.Equal(0.1, At(polynomial with { Steps = 50 }, 0.2, 80), 1e-12);
        Assert.Equal(1, At(new ConstantLearningRate(), 1));
        Assert.Equal(0.505, At(new ConstantLearningRate { WarmupFraction = 0.2 }, 0.1), 1e-12);
    }

    [Fact]
    public void Plateau_reduces_after_patience_waits_out_the_cooldown_and_stops_at_the_minimum_rate()
    {
        var options = new ReduceOnPlateau { Factor = 0.5, Patience = 2, MinDelta = 0.01, Cooldown = 2, MinLearningRate = 0.02 };
        var plateau = options.Start();
        double[] factors = [.. new[] { 1.0, 0.9, 0.895, 0.893, 0.893, 0.893, 0.893, 0.893, 0.893, 0.893, 0.893 }.Select(loss =>
        {
            plateau.EndEpoch(loss, 0.1);
            return At(plateau, 0);
        })];
        // Epochs 3 and 4 are no better by 0.01; 5 counts down the cool-down, 6 ends it and counts, 7 makes two; then the same again, to the
        // floor of 0.2.
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2], factors.Select(f => Math.Round(f, 12)));
        Assert.Equal(1, At(options.Start(), 0));
        Assert.Throws<InvalidOperationException>(() => options.EndEpoch(1, 1));
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<FerUsageException>(() => new CosineDecay { WarmupFraction = 1 });
        Assert.Throws<FerUsageException>(() => new StepDecay { Drops = 0 });
        Assert.Throws<FerUsageException>(() => new StepDecay { Steps = -1 });
        Assert.Throws<FerUsageException>(() => new ExponentialDecay { Gamma = 0 });
        Assert.Throws<FerUsageException>(() => new PolynomialDecay { Power = 0 });
        Assert.Throws<FerUsageException>(() => new ReduceOnPlateau { Factor = 1 });
        Assert.Throws<FerUsageException>(() => new ReduceOnPlateau { Patience = 0 });
    }
}
