using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// What a training computes on. The loop, the faces, the schedules and the checkpoints are the same on all of them; a device learns
/// batches and scores faces.
/// </summary>
internal interface ITrainingDevice : IDisposable
{
    /// <summary>What it is, for a checkpoint: runs of one description round alike.</summary>
    string Description { get; }

    /// <summary>What it multiplies in: <c>fp32</c> or <c>bf16</c>.</summary>
    string Dtype { get; }

    /// <summary>Puts a network on the device.</summary>
    /// <param name="network">The network; its values are those of <see cref="Network.Parameters"/> from <see cref="IDeviceNetwork.Take"/>
    /// on.</param>
    /// <param name="batchSize">Most faces of a batch.</param>
    /// <param name="options">The resolved options.</param>
    /// <exception cref="FerException">The device has no such operation.</exception>
    IDeviceNetwork Load(Network network, int batchSize, ImageClassificationTrainer.Options options);
}
