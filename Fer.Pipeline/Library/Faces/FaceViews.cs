namespace Fer.Pipeline.Faces;

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
    /// <summary>The middle, about eleven twelfths of it enlarged to its size, and the mirror images of both.</summary>
    Zoom,
    /// <summary>The middle and the four corners. Of a network that sees the whole face, corners of about eleven twelfths are enlarged.</summary>
    Five,
    /// <summary>The views of <see cref="Five"/> and the mirror images of all.</summary>
    Ten,
    /// <summary>
    /// Ten crops of one size, the middle and the four corners with their mirror images (Krizhevsky et al., 2012): as <see cref="Ten"/>, but of a network
    /// that sees the whole face the middle is enlarged like the corners.
    /// </summary>
    TenCrops,
}

/// <summary>Lists the views behind the names.</summary>
public static class FaceViewSets
{
    /// <summary>Pixels of all sets together at the sides that networks are trained on, each view once, in pixels of the centre; at the most.</summary>
    internal const double CentresOfAll = 15;

    /// <summary>The views of a set for a network that was trained on <paramref name="side"/> pixels.</summary>
    public static IReadOnlyList<FaceView> List(this FaceViews views, int side)
    {
        const int face = FaceAugmenter.SourceSide;
        FaceView centre = FaceView.Centre(side), whole = FaceView.Centre(face);
        // 44 of 48 pixels: enlarged by less than training does, and as many off one side as off the other.
        int inner = side - 2 * (int)Math.Max(1, Math.Round(side / 24.0)), corner = side < face ? side : inner, free = face - corner;
        var zoomed = FaceView.Centre(inner) with { InputSide = side };
        FaceView[] five = [centre, Corner(0, 0), Corner(0, free), Corner(free, 0), Corner(free, free)];
        return views switch
        {
            FaceViews.Centre => [centre],
            FaceViews.Flip => [centre, Mirror(centre)],
            FaceViews.Whole => [whole],
            FaceViews.WholeFlip => [whole, Mirror(whole)],
            FaceViews.Zoom => [centre, Mirror(centre), zoomed, Mirror(zoomed)],
            FaceViews.Five => five,
            FaceViews.Ten => WithMirrors(five),
            FaceViews.TenCrops => WithMirrors([side < face ? centre : zoomed, .. five[1..]]),
            _ => throw new FerUsageException($"There is no set of views {views}."),
        };

        FaceView Corner(int top, int left) => new(top, left, corner, InputSide: corner == side ? 0 : side);
    }

    private static FaceView[] WithMirrors(FaceView[] views) => [.. views, .. views.Select(Mirror)];

    private static FaceView Mirror(FaceView view) => view with { Mirrored = true };
}
