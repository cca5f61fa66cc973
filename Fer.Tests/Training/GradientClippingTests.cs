using Fer.Pipeline;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class GradientClippingTests
{
    [Fact]
    public void Gradients_above_the_norm_are_scaled_to_it_and_others_left_alone()
    {
        var parameters = OptimizerTests.Problem();
        for (int i = 0; i < 26; i++) parameters.Gradients[i] = i - 12;
        float norm = (float)Math.Sqrt(Enumerable.Range(0, 26).Sum(i => (i - 12.0) * (i - 12)));
        float[] before = parameters.Gradients.ToArray();
        Assert.Equal(norm, GradientClipping.ClipByGlobalNorm(parameters, 100), 1e-4f);
        Assert.Equal(before, parameters.Gradients.ToArray());
        Assert.Equal(norm, GradientClipping.ClipByGlobalNorm(parameters, 2), 1e-4f);
        Assert.Equal(2f, GradientClipping.ClipByGlobalNorm(parameters, 100), 1e-5f);
        Assert.Equal(before[0] * 2 / norm, parameters.Gradients[0], 1e-5f);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Gradient_that_is_not_finite_is_reported(float value)
    {
        var parameters = OptimizerTests.Problem();
        parameters.Gradients[17] = value;
        Assert.False(float.IsFinite(GradientClipping.ClipByGlobalNorm(parameters, 1)));
    }

    [Fact]
    public void Norm_of_zero_is_refused() =>
        Assert.Throws<FerUsageException>(() => GradientClipping.ClipByGlobalNorm(OptimizerTests.Problem(), 0));
}
