using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Training;

/// <summary>How a <see cref="BatchLoader"/> makes batches; the defaults are those of evaluation.</summary>
public sealed record BatchLoaderOptions
{
    /// <summary>Faces of a batch.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Width and height of the network's input, 8 … 48.</summary>
    public int Side { get; init; } = FaceAugmenter.SourceSide;

    /// <summary>Pixels of the face that <see cref="Side"/> shows; 0 is as many as it has. More shows the face smaller.</summary>
    public int View { get; init; }

    /// <summary>Seed of the order, the augmentation and mixup.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Passes over the data, or 0 for as many as are asked for.</summary>
    public long Epochs { get; init; } = 1;

    /// <summary>Batches to leave out at the start, over all epochs: where a stopped run goes on.</summary>
    public long FirstBatch { get; init; }

    /// <summary>Share of a soft target that counts, where the set has such; the rest is the label's, 0 … 1.</summary>
    public float SoftTargets { get; init; } = 1;

    /// <summary>True for a new random order each epoch.</summary>
    public bool Shuffle { get; init; }

    /// <summary>True to leave out each epoch's last batch where it is not full and not the only one.</summary>
    public bool DropLast { get; init; }

    /// <summary>How faces are varied.</summary>
    public FaceAugmentation Augmentation { get; init; } = FaceAugmentation.None;

    /// <summary>Alpha of mixup's Beta distribution; 0 is no mixup.</summary>
    public double Mixup { get; init; }

    /// <summary>Threads that make batches, each a whole one at a time.</summary>
    public int Threads { get; init; } = 1;
}
