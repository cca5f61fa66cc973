namespace Fer.Pipeline.Training;

/// <summary>What an epoch brought.</summary>
public sealed record TrainingMetrics
{
    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Steps done since the run began.</summary>
    public required long Steps { get; init; }

    /// <summary>Learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Mean loss of the epoch's batches, label smoothing included, while the weights moved.</summary>
    public required double TrainingLoss { get; init; }

    /// <summary>Share of the epoch's augmented faces whose likeliest target was predicted, while the weights moved.</summary>
    public required double TrainingAccuracy { get; init; }

    /// <summary>
    /// Mean cross-entropy on the validation set, without smoothing and with the averaged weights where there are such; null without a
    /// validation set.
    /// </summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Accuracy on the validation set, with the averaged weights where there are such; null without a validation set.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Seconds of the epoch, validation included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Faces trained on a second, validation left out.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Share of the training time in which the engine waited for faces: what augmentation costs.</summary>
    public required double LoaderWaitShare { get; init; }

    /// <summary>Share of the training time in which the engine computed: forward, loss, backward and step.</summary>
    public required double EngineShare { get; init; }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(Epoch);
        writer.Write(Steps);
        foreach (double number in (double[])[
            LearningRate, TrainingLoss, TrainingAccuracy, ValidationLoss ?? double.NaN, ValidationAccuracy ?? double.NaN,
            Seconds, ImagesPerSecond, LoaderWaitShare, EngineShare]) writer.Write(number);
    }

    internal static TrainingMetrics Restore(BinaryReader reader) => new()
    {
        Epoch = reader.ReadInt32(),
        Steps = reader.ReadInt64(),
        LearningRate = reader.ReadDouble(),
        TrainingLoss = reader.ReadDouble(),
        TrainingAccuracy = reader.ReadDouble(),
        ValidationLoss = Known(reader.ReadDouble()),
        ValidationAccuracy = Known(reader.ReadDouble()),
        Seconds = reader.ReadDouble(),
        ImagesPerSecond = reader.ReadDouble(),
        LoaderWaitShare = reader.ReadDouble(),
        EngineShare = reader.ReadDouble(),
    };

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
