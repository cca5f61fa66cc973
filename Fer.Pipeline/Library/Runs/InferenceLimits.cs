using Fer.Pipeline.AutoML;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Runs;

/// <summary>What a model may cost to choose and to serve.</summary>
internal sealed record InferenceLimits
{
    /// <summary>The views to average over, or null for those that do best on the validation split.</summary>
    internal FaceViews? Views { get; init; }

    /// <summary>Most time of one face, in a model of several views or members.</summary>
    internal TimeSpan MaxLatency { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most bytes of the weights of all members.</summary>
    internal long MaxBytes { get; init; } = WidthPlan.MostBytes;

    /// <summary>Time for trying views and members; the plain model takes what it takes.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.MaxValue;
}
