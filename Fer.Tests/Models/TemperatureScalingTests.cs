using Fer.Pipeline;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;
using Fer.Tests.Evaluation;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Models;

public class TemperatureScalingTests
{
    [Fact]
    public void The_fit_never_worsens_the_loss_on_its_own_rows() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int Seed, PositiveInt Rows, PositiveInt Sharpness)>(), one =>
        {
            var made = RandomPredictions.Make(one.Seed, one.Rows.Get, 4, one.Sharpness.Get % 30 + 0.1);
            double temperature = TemperatureScaling.Fit(made.Logits, made.Labels, 4);
            Assert.InRange(temperature, TemperatureScaling.Minimum * (1 - 1e-9), TemperatureScaling.Maximum * (1 + 1e-9));
            double before = TemperatureScaling.Loss(made.Logits, made.Labels, 4, 1).Value;
            var (after, slope, _) = TemperatureScaling.Loss(made.Logits, made.Labels, 4, 1 / temperature);
            Assert.True(after <= before, $"{after} > {before}");
            if (temperature > TemperatureScaling.Minimum * 1.001 && temperature < TemperatureScaling.Maximum * 0.999)
                Assert.Equal(0, slope, 1e-6);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Logits_that_were_stretched_are_brought_back()
    {
        var plain = RandomPredictions.Make(3, 2000, 7);
        var stretched = plain.Logits.Select(z => z * 2.5f).ToArray();
        double own = TemperatureScaling.Fit(plain.Logits, plain.Labels, 7);
        Assert.Equal(2.5 * own, TemperatureScaling.Fit(stretched, plain.Labels, 7), 1e-5);
    }

    [Fact]
    public void Fitting_and_applying_mends_calibration_and_keeps_accuracy()
    {
        var made = RandomPredictions.Make(4, 3000, 7, sharpness: 3);
        var before = FaceClassificationMetrics.Compute(made.Probabilities, made.Labels, made.Names);
        double temperature = TemperatureScaling.FitProbabilities(made.Probabilities, made.Labels, made.Names);
        Assert.InRange(temperature, 2.5, 3.5);
        float[] calibrated = [.. made.Probabilities];
        TemperatureScaling.Apply(calibrated, 7, temperature);
        var after = FaceClassificationMetrics.Compute(calibrated, made.Labels, made.Names);
        Assert.Equal(before.ConfusionMatrix.Counts, after.ConfusionMatrix.Counts);
        Assert.True(after.ExpectedCalibrationError < 0.3 * before.ExpectedCalibrationError);
        Assert.True(after.LogLoss < before.LogLoss);
    }

    [Fact]
    public void A_set_without_mistakes_or_without_hits_stops_at_the_bounds()
    {
        Assert.Equal(TemperatureScaling.Minimum, TemperatureScaling.Fit([2, 0, 0, 2], [0, 1], 2), 1e-12);
        Assert.Equal(TemperatureScaling.Maximum, TemperatureScaling.Fit([2, 0, 0, 2], [1, 0], 2), 1e-12);
        Assert.Equal(1, TemperatureScaling.Fit([], [], 2));
    }

    [Fact]
    public void A_logit_that_is_not_finite_is_an_error()
    {
        var e = Assert.Throws<FerException>(() => TemperatureScaling.Fit([1, 0, float.NaN, 2], [0, 1], 2));
        Assert.Contains("Row 1", e.Message);
    }

    [Fact]
    public void A_temperature_that_is_not_positive_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureScaling.Apply([1, 0], 2, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureScaling.Apply([1, 0], 2, double.NaN));
        Assert.Throws<ArgumentException>(() => TemperatureScaling.Apply([1, 0, 0], 2, 1));
    }
}
