using Fer.Pipeline;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;

namespace Fer.Tests.Training;

public class ModelEvaluatorTests
{
    [Fact]
    public void Logits_do_not_depend_on_the_batch_and_stand_in_the_order_of_the_faces()
    {
        var faces = SyntheticFaces.Create(21, classes: 3);
        var network = Architectures.Create("FerNet", 3, new ArchitectureOptions { InputSide = 24, Width = 0.25 });
        network.Initialize(5);
        var cancellation = TestContext.Current.CancellationToken;
        using var pool = new WorkerPool(1);
        using var eight = new ModelEvaluator(network, pool, 8);
        using var all = new ModelEvaluator(network, pool, 64);
        var first = eight.Score(faces, cancellation);
        var second = all.Score(faces, cancellation);
        Assert.Equal(63, first.Logits.Length);
        for (int i = 0; i < 63; i++) Assert.Equal(second.Logits[i], first.Logits[i], 1e-4f);
        var one = eight.Score(faces.Select([20]), cancellation);
        for (int c = 0; c < 3; c++) Assert.Equal(first.Row(20)[c], one.Row(0)[c], 1e-4f);
        Assert.True(first.ImagesPerSecond > 0);
        Assert.Throws<OperationCanceledException>(() => eight.Score(faces, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Accuracy_and_loss_are_those_of_the_logits()
    {
        var faces = SyntheticFaces.Create(4);
        var scores = new ModelScores([2, 1, 0, 3, 0, 1, float.NaN, 0], 4, 2, 1);
        Assert.Equal([0, 1, 1, 1], Enumerable.Range(0, 4).Select(scores.Predicted));
        Assert.Equal(0.75, scores.Accuracy(faces));
        var finite = new ModelScores([2, 1, 0, 3], 2, 2, 1);
        Assert.Equal((Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(-3))) / 2, finite.Loss(faces.Select([0, 1])), 1e-6);
    }

    [Fact]
    public void Network_that_cannot_take_faces_is_refused()
    {
        using var pool = new WorkerPool(1);
        var builder = new NetworkBuilder("Wide", new Shape(3, 48, 48));
        builder.Input.GlobalAveragePool().Linear(2);
        Assert.Contains("3x48x48", Assert.Throws<FerException>(() => new ModelEvaluator(builder.Build(), pool)).Message);
    }
}
