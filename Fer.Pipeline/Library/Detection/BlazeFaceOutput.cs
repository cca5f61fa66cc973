namespace Fer.Pipeline.Detection;

/// <summary>The output of a BlazeFace network for one image: a score and sixteen distances for each anchor.</summary>
internal sealed class BlazeFaceOutput
{
    internal const int Anchors = BlazeFaceDecoder.FineAnchors + BlazeFaceDecoder.CoarseAnchors;

    internal const int ValuesAnAnchor = 16;

    /// <summary>[anchors] logits: the 512 of the fine grid, then the 384 of the coarse one.</summary>
    internal float[] Scores { get; } = new float[Anchors];

    /// <summary>[anchors, 16]: centre, size and six points, in the network's pixels from the anchor.</summary>
    internal float[] Boxes { get; } = new float[Anchors * ValuesAnAnchor];
}
