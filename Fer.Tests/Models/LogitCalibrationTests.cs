using Fer.Pipeline;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;
using Fer.Tests.Evaluation;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Models;

public class LogitCalibrationTests
{
    [Fact]
    public void The_fit_gets_no_fewer_rows_right_and_its_loss_is_no_higher_than_the_temperatures() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int Seed, PositiveInt Rows, PositiveInt Sharpness)>(), one =>
        {
            var made = RandomPredictions.Make(one.Seed, one.Rows.Get, 4, one.Sharpness.Get % 30 + 0.1);
            var plain = LogitCalibration.OfTemperature(TemperatureScaling.Fit(made.Logits, made.Labels, 4), 4);
            var fitted = LogitCalibration.Fit(made.Logits, made.Labels, 4);
            var (before, after) = (Metrics(made, plain), Metrics(made, fitted));
            Assert.True(after.LogLoss <= before.LogLoss + 1e-5, $"{after.LogLoss} > {before.LogLoss}");
            if (fitted.HasBiases) Assert.True(after.Accuracy > before.Accuracy);
            else Assert.Equal(plain.Temperature, fitted.Temperature);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_derivatives_are_those_of_the_loss()
    {
        var made = RandomPredictions.Make(5, 40, 3, sharpness: 2);
        double[] values = [0.8, 0.2, -0.1, 0.3];
        for (int i = 0; i < values.Length; i++)
        {
            const double step = 1e-4;
            double[] more = [.. values], less = [.. values];
            more[i] += step;
            less[i] -= step;
            var (value, slope, curvature) = LogitCalibration.Loss(made.Logits, made.Labels, values, i);
            double upper = LogitCalibration.Loss(made.Logits, made.Labels, more, i).Value,
                lower = LogitCalibration.Loss(made.Logits, made.Labels, less, i).Value;
            Assert.Equal((upper - lower) / (2 * step), slope, 1e-5);
            Assert.Equal((upper + lower - 2 * value) / (step * step), curvature, 1e-4);
        }
    }

    [Fact]
    public void Logits_of_a_network_that_says_one_class_too_often_are_brought_back()
    {
        var made = RandomPredictions.Make(6, 4000, 4, sharpness: 1);
        float[] pushed = [.. made.Logits.Select((z, i) => 2 * (z + (i % 4 == 1 ? 1.5f : 0)))];
        var fitted = LogitCalibration.Fit(pushed, made.Labels, 4);
        var own = LogitCalibration.Fit(made.Logits, made.Labels, 4);
        Assert.Equal(2 * own.Temperature, fitted.Temperature, 0.1);
        for (int c = 0; c < 4; c++) Assert.Equal(-1.5 / own.Temperature * ((c == 1 ? 1 : 0) - 0.25), fitted.Biases[c] - own.Biases[c], 0.1);
        Assert.Equal(Metrics(made, own).Accuracy, FaceClassificationMetrics.Compute(
            fitted.Probabilities(pushed), made.Labels, made.Names).Accuracy, 0.01);
    }

    [Fact]
    public void A_class_of_two_rows_is_not_pushed_far()
    {
        // Both rows of the third class are answered with the first; without the penalty their bias would grow for as long as others stand
        // it.
        float[] logits = [1, 0, 0, 0, 1, 0, 1, 0, 0.9f, 1, 0, 0.9f];
        var fitted = LogitCalibration.Fit(logits, [0, 1, 2, 2], 3);
        Assert.True(fitted.HasBiases);
        Assert.All(fitted.Biases, b => Assert.InRange(b, -0.7, 0.7));
    }

    [Fact]
    public void No_rows_leave_logits_alone_and_bad_ones_are_errors()
    {
        Assert.Equal(1, LogitCalibration.Fit([], [], 2).Temperature);
        Assert.False(LogitCalibration.Fit([], [], 2).HasBiases);
        Assert.Contains("Row 1", Assert.Throws<FerException>(() => LogitCalibration.Fit([1, 0, float.NaN, 2], [0, 1], 2)).Message);
        Assert.Throws<ArgumentException>(() => LogitCalibration.None(2).Probabilities([1, 0, 0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e-60)]
    public void A_temperature_that_is_not_positive_is_refused(double temperature) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LogitCalibration.OfTemperature(temperature, 7));

    [Fact]
    public void A_bias_that_is_not_finite_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogitCalibration(1, [0, double.NaN]));

    private static FaceClassificationMetrics Metrics(RandomPredictions made, LogitCalibration calibration) =>
        FaceClassificationMetrics.Compute(calibration.Probabilities(made.Logits), made.Labels, made.Names);
}
