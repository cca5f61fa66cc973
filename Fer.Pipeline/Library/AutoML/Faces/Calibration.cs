using System.Globalization;
using Fer.Pipeline.Training;

namespace Fer.Pipeline.AutoML;

/// <summary>
/// How fast this machine trains each candidate, measured once with a few steps on random pixels; what is not measured is worked out from
/// what is, by the pixels of the input.
/// </summary>
/// <param name="classes">Classes of the data.</param>
/// <param name="experiment">What trials train on.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="known">Faces a second that an earlier process measured, by <see cref="KeyOf"/>.</param>
internal sealed class Calibration(
    int classes, FaceExperimentOptions experiment, TimeProvider clock, IReadOnlyDictionary<string, double>? known = null)
{
    private readonly Dictionary<string, double> _speeds = known is null ? [] : new(known);

    /// <summary>Faces a second by <see cref="KeyOf"/>.</summary>
    internal IReadOnlyDictionary<string, double> ImagesPerSecond => _speeds;

    /// <summary>What a measured speed is filed under: <c>architecture/width/side</c>.</summary>
    internal static string KeyOf(ImageClassificationTrainer.Options options) =>
        string.Create(CultureInfo.InvariantCulture, $"{options.Arch}/{options.Width}/{options.InputSide}");

    /// <summary>Faces a second in training.</summary>
    /// <param name="options">The setting.</param>
    /// <param name="patience">Time after which one timed step is enough.</param>
    internal double Measure(ImageClassificationTrainer.Options options, TimeSpan patience)
    {
        string key = KeyOf(options);
        if (!_speeds.TryGetValue(key, out double speed))
            _speeds[key] = speed = SpeedProbe.ImagesPerSecond(
                experiment.Place(options) with { ProgressiveResizing = 0 }, classes, clock, patience);
        return speed;
    }

    /// <summary>Time of an epoch with its validation, on average over the stages of progressive resizing.</summary>
    /// <param name="options">The setting.</param>
    /// <param name="training">Faces to train on.</param>
    /// <param name="validation">Faces to validate on; forward alone is about a third of a training step.</param>
    /// <param name="patience">Time that a measurement may take.</param>
    internal TimeSpan Epoch(ImageClassificationTrainer.Options options, int training, int validation, TimeSpan patience)
    {
        double speed = Measure(options, patience);
        return TimeSpan.FromSeconds((training * options.Resizing().MeanCost + validation / 3.0) / speed);
    }
}
