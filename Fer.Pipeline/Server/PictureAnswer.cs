using Fer.Pipeline.Detection;

namespace Fer.Server;

/// <summary>What the server says about a picture.</summary>
/// <param name="Width">Pixels a row of the upright picture.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Faces">Its faces; a picture without any is an answer too.</param>
/// <param name="Times">Where the time went.</param>
internal sealed record PictureAnswer(int Width, int Height, IReadOnlyList<PredictedFace> Faces, StageTimes Times)
{
    /// <summary>Who classified them.</summary>
    internal required ServedModel Model { get; init; }

    /// <summary>Who was asked as well, or null.</summary>
    internal ServedModel? Beside { get; init; }

    /// <summary>What that one says of the same faces, in the same order.</summary>
    internal IReadOnlyList<PredictedFace> BesideFaces { get; init; } = [];

    /// <summary>Views of each face that the first model looked at.</summary>
    internal int Views { get; init; }
}
