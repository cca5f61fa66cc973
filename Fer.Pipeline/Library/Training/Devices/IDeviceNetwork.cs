namespace Fer.Pipeline.Training;

/// <summary>
/// A network in training on a device. What it learns may lie on the device alone: <see cref="Give"/> brings it to the network's parameters,
/// the optimizer and the average, where checkpoints, the best weights and exports find it.
/// </summary>
internal interface IDeviceNetwork : IDisposable
{
    private const long DropoutPurpose = 4;

    /// <summary>The seed of a step's dropout, the same on every device.</summary>
    /// <param name="seed">The training's seed.</param>
    /// <param name="number">The step's number, from 0.</param>
    static long DropoutSeed(long seed, long number) => (long)new RandomStream(seed, number, 0, DropoutPurpose).NextUInt64();

    /// <summary>The last batch's [count, classes] logits.</summary>
    ReadOnlySpan<float> Logits { get; }

    /// <summary>Takes the network's values, the optimizer's state and the average over from the managed side.</summary>
    void Take(Optimizer optimizer, ExponentialMovingAverage? average);

    /// <summary>Brings them back, as they are after the last batch.</summary>
    void Give(Optimizer optimizer, ExponentialMovingAverage? average);

    /// <summary>Makes ready for batches of another size of picture.</summary>
    /// <param name="side">Width and height of the network's input in pixels.</param>
    void Resize(int side);

    /// <summary>
    /// One step: a batch through the network and back, the optimizer and the average. Gives the loss, or a value that is not finite where
    /// the loss or the gradient is none; nothing is then learnt.
    /// </summary>
    /// <param name="batch">Pictures of the size last asked for.</param>
    /// <param name="optimizer">What steps the weights.</param>
    /// <param name="average">What follows them, or null.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="number">The step's number, from 0, for dropout.</param>
    float Learn(FaceBatch batch, Optimizer optimizer, ExponentialMovingAverage? average, float rate, long number);

    /// <summary>The network's output for every face, with the values that the network's parameters have on the managed side.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for; it is looked at before each
    /// batch.</exception>
    ModelScores Score(TrainingInput input, CancellationToken cancellation);
}
