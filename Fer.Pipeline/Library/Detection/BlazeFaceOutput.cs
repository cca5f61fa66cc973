namespace Fer.Pipeline.Detection;

/// <summary>The output of a BlazeFace network for one image: a score and sixteen distances for each anchor.</summary>
internal sealed class BlazeFaceOutput
{
    /// <summary>Cells along a side of the two grids.</summary>
    internal const int FineCells = 16, CoarseCells = 8;

    /// <summary>Anchors of the two grids: two a cell of the fine one, six a cell of the coarse one.</summary>
    internal const int FineAnchors = FineCells * FineCells * 2, CoarseAnchors = CoarseCells * CoarseCells * 6;

    internal const int Anchors = FineAnchors + CoarseAnchors;

    internal const int ValuesAnAnchor = 16;

    /// <summary>[anchors] logits: the 512 of the fine grid, then the 384 of the coarse one.</summary>
    internal float[] Scores { get; } = new float[Anchors];

    /// <summary>[anchors, 16]: centre, size and six points, in the network's pixels from the anchor.</summary>
    internal float[] Boxes { get; } = new float[Anchors * ValuesAnAnchor];
}
