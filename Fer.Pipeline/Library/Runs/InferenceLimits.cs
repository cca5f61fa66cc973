using Fer.Pipeline.AutoML;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Runs;

/// <summary>What a model may cost to choose and to serve.</summary>
internal sealed record InferenceLimits
{
    /// <summary>The views to average over, or null for those that do best on the validation split.</summary>
    internal FaceViews? Views { get; init; }

    /// <summary>Most time of one face, in a model of several views or members, measured on this machine; null measures nothing.</summary>
    internal TimeSpan? MaxLatency { get; init; }

    /// <summary>
    /// Most multiply-accumulates of one face, in a model of several views or members: 50 ms of two processors with AVX-512. Unlike time,
    /// it is the same on every machine, however busy.
    /// </summary>
    internal long MaxMultiplyAccumulates { get; init; } = 10_000_000_000;

    /// <summary>Most bytes of the weights of all members.</summary>
    internal long MaxBytes { get; init; } = WidthPlan.MostBytes;

    /// <summary>Time for trying views and members; the plain model takes what it takes.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.MaxValue;
}
