using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

public class InitializationTests
{
    [Fact]
    public void He_normal_has_variance_two_over_fan_in()
    {
        var values = Start(new Convolution(32, 64, Window.Square(3), initializer: Initializer.HeNormal));
        Assert.InRange(values.Average(v => v * v), 0.95 * 2 / 288, 1.05 * 2 / 288);
    }

    [Fact]
    public void Xavier_uniform_stays_within_its_limit_and_fills_it()
    {
        var values = Start(new Linear(100, 200, initializer: Initializer.XavierUniform));
        double limit = Math.Sqrt(6.0 / 300);
        Assert.InRange(values.Max(), 0.99 * limit, limit);
        Assert.InRange(values.Average(v => v * v), 0.97 * limit * limit / 3, 1.03 * limit * limit / 3);
    }

    [Theory]
    [InlineData(20, 50)]
    [InlineData(50, 20)]
    public void Orthogonal_rows_or_columns_are_orthonormal(int outputs, int inputs)
    {
        var values = Start(new Linear(inputs, outputs, initializer: Initializer.Orthogonal));
        bool byColumn = outputs > inputs;
        int count = Math.Min(outputs, inputs), length = Math.Max(outputs, inputs);
        for (int a = 0; a < count; a++)
            for (int b = 0; b < count; b++)
            {
                double dot = 0;
                for (int k = 0; k < length; k++)
                    dot += byColumn ? (double)values[k * inputs + a] * values[k * inputs + b]
                        : (double)values[a * inputs + k] * values[b * inputs + k];
                Assert.Equal(a == b ? 1 : 0, dot, 1e-5);
            }
    }

    [Fact]
    public void Scales_and_variances_start_at_one_shifts_and_means_at_zero()
    {
        var bn = new BatchNormalization(4);
        Start(bn);
        Assert.Equal([1f, 1f, 1f, 1f], bn.Scale.Values.ToArray());
        Assert.Equal([1f, 1f, 1f, 1f], bn.RunningVariance.Values.ToArray());
        Assert.Equal([0f, 0f, 0f, 0f], bn.Shift.Values.ToArray());
        Assert.Equal([0f, 0f, 0f, 0f], bn.RunningMean.Values.ToArray());
    }

    [Fact]
    public void Same_seed_gives_the_same_weights_and_another_seed_others()
    {
        Assert.Equal(Start(new Linear(10, 10), 1), Start(new Linear(10, 10), 1));
        Assert.NotEqual(Start(new Linear(10, 10), 1), Start(new Linear(10, 10), 2));
    }

    private static float[] Start(Operation operation, long seed = 5)
    {
        var parameters = new ParameterSet(operation.Parameters);
        Initialization.Initialize(parameters, seed);
        return parameters[0].Values.ToArray();
    }
}
