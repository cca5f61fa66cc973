using Fer.Pipeline;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class ExponentialMovingAverageTests
{
    [Fact]
    public void Average_follows_the_warmed_up_decay()
    {
        var parameters = OptimizerTests.Problem();
        var average = new ExponentialMovingAverage(parameters, 0.5f);
        double expected = parameters.Values[25];
        for (int t = 0; t < 20; t++)
        {
            parameters.Values[25] = t;
            average.Update();
            double decay = Math.Min(0.5, (1.0 + t) / (10.0 + t));
            expected = decay * expected + (1 - decay) * t;
        }
        average.Swap();
        Assert.Equal(expected, parameters.Values[25], 1e-5);
        Assert.Equal(Math.Cos(0.5), parameters.Values[1], 1e-6);
    }

    [Fact]
    public void Swapping_twice_gives_the_training_values_back()
    {
        var parameters = OptimizerTests.Problem();
        var average = new ExponentialMovingAverage(parameters);
        parameters.Values[3] = 9;
        float[] before = parameters.Values.ToArray();
        average.Swap();
        Assert.True(average.IsSwappedIn);
        Assert.NotEqual(before, parameters.Values.ToArray());
        Assert.Throws<InvalidOperationException>(average.Update);
        average.Swap();
        Assert.Equal(before, parameters.Values.ToArray());
    }

    [Fact]
    public void Restored_average_resumes_bit_for_bit_and_a_truncated_one_is_refused()
    {
        var parameters = OptimizerTests.Problem();
        var average = new ExponentialMovingAverage(parameters);
        parameters.Values[3] = 9;
        average.Update();
        var stream = new MemoryStream();
        average.Save(new BinaryWriter(stream));
        byte[] bytes = stream.ToArray();
        var restored = new ExponentialMovingAverage(parameters);
        restored.Restore(new BinaryReader(new MemoryStream(bytes)));
        average.Update();
        restored.Update();
        var again = new MemoryStream();
        restored.Save(new BinaryWriter(again));
        stream.SetLength(0);
        average.Save(new BinaryWriter(stream));
        Assert.Equal(stream.ToArray(), again.ToArray());
        Assert.Throws<FerException>(() => restored.Restore(new BinaryReader(new MemoryStream(bytes[..^1]))));
    }

    [Fact]
    public void Decay_of_one_is_refused() =>
        Assert.Throws<FerUsageException>(() => new ExponentialMovingAverage(OptimizerTests.Problem(), 1f));
}
