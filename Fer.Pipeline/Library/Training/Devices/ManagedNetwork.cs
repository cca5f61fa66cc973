using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>A network in training on the managed engine, which works on the network's own parameters.</summary>
/// <param name="network">The network.</param>
/// <param name="batchSize">Most faces of a batch.</param>
/// <param name="options">The resolved options.</param>
/// <param name="pool">The threads to learn on.</param>
/// <param name="scoring">The threads to score on.</param>
internal sealed class ManagedNetwork(
    Network network, int batchSize, ImageClassificationTrainer.Options options, WorkerPool pool, WorkerPool scoring) : IDeviceNetwork
{
    private NetworkExecutor? _executor;
    private ModelEvaluator? _evaluator;

    public ReadOnlySpan<float> Logits => Executor.Output;

    private NetworkExecutor Executor => _executor ?? throw new InvalidOperationException("Call Resize first.");

    public void Take(Optimizer optimizer, ExponentialMovingAverage? average) { }

    public void Give(Optimizer optimizer, ExponentialMovingAverage? average) { }

    public void Resize(int side)
    {
        _executor?.Dispose();
        _executor = null;
        var sized = network.AtInput(network.Input with { Height = side, Width = side });
        _executor = new NetworkExecutor(sized, batchSize, training: true, pool);
    }

    public float Learn(FaceBatch batch, Optimizer optimizer, ExponentialMovingAverage? average, float rate, long number)
    {
        var executor = Executor;
        batch.Pixels.CopyTo(executor.Input);
        executor.Forward(batch.Count, IDeviceNetwork.DropoutSeed(options.Seed, number));
        float loss = SoftmaxCrossEntropy.Loss(
            executor.Output, batch.Targets, batch.Count, network.Output.Length, options.LabelSmoothing, executor.OutputGradient);
        if (!float.IsFinite(loss)) return loss;
        executor.Backward();
        if (options.GradientClipping > 0)
        {
            float norm = GradientClipping.ClipByGlobalNorm(network.Parameters, options.GradientClipping);
            if (!float.IsFinite(norm)) return norm;
        }
        optimizer.Step(network.Parameters, rate, pool);
        average?.Update();
        return loss;
    }

    public ModelScores Score(TrainingInput input, CancellationToken cancellation)
    {
        _evaluator ??= ModelEvaluator.InTraining(network, scoring, Math.Min(batchSize, input.Faces.Count));
        return _evaluator.Score(input, cancellation);
    }

    public void Dispose()
    {
        _evaluator?.Dispose();
        _executor?.Dispose();
    }
}
