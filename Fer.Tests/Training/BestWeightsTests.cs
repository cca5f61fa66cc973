using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class BestWeightsTests
{
    [Fact]
    public void Best_accuracy_is_kept_and_ties_are_broken_by_loss()
    {
        var parameters = OptimizerTests.Problem();
        var best = new BestWeights(parameters, null);
        (double Accuracy, double Loss)[] epochs = [(0.5, 1), (0.7, 2), (0.7, 1.5), (double.NaN, 0), (0.9, double.NaN), (0.6, 0.1)];
        for (int i = 0; i < epochs.Length; i++)
        {
            parameters.Values.Fill(i + 1);
            best.Offer(i + 1, epochs[i].Accuracy, epochs[i].Loss);
        }
        best.PutBack();
        Assert.Equal(3, best.Epoch);
        Assert.All(parameters.Values.ToArray(), v => Assert.Equal(3f, v));
    }

    [Fact]
    public void Start_is_kept_until_an_epoch_does_better()
    {
        var parameters = OptimizerTests.Problem();
        var best = new BestWeights(parameters, null);
        Assert.False(best.IsKept);
        parameters.Values.Fill(7);
        best.OfferStart(0.6, 1);
        parameters.Values.Fill(8);
        best.Offer(1, 0.6, 1);
        Assert.Equal((true, 0, (0.6, 1)), (best.IsKept, best.Epoch, best.Start!.Value));
        best.PutBack();
        Assert.All(parameters.Values.ToArray(), v => Assert.Equal(7f, v));
        best.Offer(2, 0.7, 1);
        Assert.Equal(2, best.Epoch);
        Assert.Null(best.Start);
    }

    [Fact]
    public void Early_stopping_on_the_loss_keeps_the_lowest_loss()
    {
        var parameters = OptimizerTests.Problem();
        var best = new BestWeights(parameters, new EarlyStopping { Metric = EarlyStoppingMetric.Loss });
        best.Offer(1, 0.1, 0.5);
        best.Offer(2, 0.9, 0.6);
        Assert.Equal(1, best.Epoch);
    }
}
