using System.Diagnostics;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>Runs a network over sets of faces, the middle of each, in batches. Its buffers are kept from one set to the next.</summary>
public sealed class ModelEvaluator : IDisposable
{
    private readonly NetworkExecutor _executor;

    /// <summary>Plans the buffers.</summary>
    /// <param name="network">A network with one input channel and a square of 8 … 48 pixels.</param>
    /// <param name="pool">The threads to run on.</param>
    /// <param name="batchSize">Most faces of a pass; a network over large pictures takes fewer.</param>
    /// <param name="frozen">True where the weights change no more: they are then prepared once.</param>
    /// <exception cref="FerException">The network's input is no such square.</exception>
    public ModelEvaluator(Network network, WorkerPool pool, int batchSize = 128, bool frozen = false)
    {
        var input = network.Input;
        if (input.Channels != 1 || input.Height != input.Width || input.Height is < 8 or > Face.Side)
            throw new FerException($"A network with the input {input} cannot take faces of 1x{Face.Side}x{Face.Side}.");
        _executor = Executor(network, pool, batchSize, frozen);
    }

    private ModelEvaluator(NetworkExecutor executor) => _executor = executor;

    /// <summary>An evaluator of a network in training, whatever its input is.</summary>
    internal static ModelEvaluator InTraining(Network network, WorkerPool pool, int batchSize) =>
        new(Executor(network, pool, batchSize, frozen: false));

    /// <summary>Gives the network's output for every face, in the set's order.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for; it is looked at before each
    /// batch.</exception>
    /// <exception cref="FerException">The set is empty.</exception>
    public ModelScores Score(FaceSet faces, CancellationToken cancellation = default) => Score(TrainingInput.Of(faces), cancellation);

    /// <summary>As <see cref="Score(FaceSet, CancellationToken)"/>, for what the network takes in place of pixels.</summary>
    internal ModelScores Score(TrainingInput input, CancellationToken cancellation)
    {
        var faces = input.Faces;
        long start = Stopwatch.GetTimestamp();
        int classes = _executor.Network.Output.Length, done = 0;
        var logits = new float[faces.Count * classes];
        using var loader = input.Load(new BatchLoaderOptions { BatchSize = _executor.BatchSize, Side = _executor.Network.Input.Height });
        while (loader.Next() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            batch.Pixels.CopyTo(_executor.Input);
            _executor.Forward(batch.Count);
            _executor.Output[..(batch.Count * classes)].CopyTo(logits.AsSpan(done * classes));
            done += batch.Count;
        }
        return new ModelScores(logits, faces.Count, classes, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static NetworkExecutor Executor(Network network, WorkerPool pool, int batchSize, bool frozen) =>
        new(network, InferenceBatch.For(network, batchSize), training: false, pool, frozen);

    /// <summary>Frees the buffers.</summary>
    public void Dispose() => _executor.Dispose();
}
