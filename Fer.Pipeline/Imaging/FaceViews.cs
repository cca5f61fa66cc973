namespace Fer.Pipeline.Imaging;

/// <summary>The sets of views that a model may average over, by name.</summary>
public enum FaceViews
{
    /// <summary>The middle of the face alone.</summary>
    Centre,
    /// <summary>The middle and its mirror image.</summary>
    Flip,
    /// <summary>The whole face, for networks that fit any input.</summary>
    Whole,
    /// <summary>The whole face and its mirror image.</summary>
    WholeFlip,
    /// <summary>The middle and the four corners.</summary>
    Five,
    /// <summary>The middle, the four corners, and the mirror images of all (Krizhevsky et al., 2012).</summary>
    Ten,
}

/// <summary>Lists the views behind the names.</summary>
public static class FaceViewSets
{
    /// <summary>The views of a set for a network that was trained on <paramref name="side"/> pixels.</summary>
    public static IReadOnlyList<FaceView> List(this FaceViews views, int side)
    {
        int free = FaceAugmenter.SourceSide - side;
        FaceView centre = FaceView.Centre(side), whole = FaceView.Centre(FaceAugmenter.SourceSide);
        FaceView[] five = [centre, new(0, 0, side), new(0, free, side), new(free, 0, side), new(free, free, side)];
        return views switch
        {
            FaceViews.Centre => [centre],
            FaceViews.Flip => [centre, Mirror(centre)],
            FaceViews.Whole => [whole],
            FaceViews.WholeFlip => [whole, Mirror(whole)],
            FaceViews.Five => five,
            FaceViews.Ten => [.. five, .. five.Select(Mirror)],
            _ => throw new FerUsageException($"There is no set of views {views}."),
        };
    }

    private static FaceView Mirror(FaceView view) => view with { Mirrored = true };
}
