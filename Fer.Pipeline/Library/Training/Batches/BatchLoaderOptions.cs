using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Training;

/// <summary>How a <see cref="BatchLoader"/> makes batches; the defaults are for evaluation.</summary>
internal sealed record BatchLoaderOptions
{
    /// <summary>Faces per batch.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Width and height of the network's input, 8 … 48.</summary>
    public int Side { get; init; } = Face.Side;

    /// <summary>Pixels of the face that <see cref="Side"/> shows; 0 means as many as it has. A larger value downscales the face.</summary>
    public int View { get; init; }

    /// <summary>Seed of the order, the augmentation and mixup.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Passes over the data; 0 for no limit.</summary>
    public long Epochs { get; init; } = 1;

    /// <summary>Batches to skip at the start, counted over all epochs: where a resumed run continues.</summary>
    public long FirstBatch { get; init; }

    /// <summary>Weight of the soft target, if the set has one, 0 … 1; the label has the rest.</summary>
    public float SoftTargets { get; init; } = 1;

    /// <summary>True for a new random order each epoch.</summary>
    public bool Shuffle { get; init; }

    /// <summary>True to drop each epoch's last batch if it is incomplete and not the only one.</summary>
    public bool DropLast { get; init; }

    /// <summary>How faces are augmented.</summary>
    public FaceAugmentation Augmentation { get; init; } = FaceAugmentation.None;

    /// <summary>Alpha of mixup's Beta distribution; 0 is no mixup.</summary>
    public double Mixup { get; init; }

    /// <summary>Threads that make batches, each a whole batch at a time.</summary>
    public int Threads { get; init; } = 1;
}
