namespace Fer.Pipeline.Faces;

/// <summary>The sets of views that a model can average its predictions over.</summary>
public enum FaceViews
{
    /// <summary>The centre of the face alone.</summary>
    Centre,
    /// <summary>The centre and its mirror image.</summary>
    Flip,
    /// <summary>The whole face, for networks that accept any input size.</summary>
    Whole,
    /// <summary>The whole face and its mirror image.</summary>
    WholeFlip,
    /// <summary>The centre, about eleven twelfths of it enlarged to the same size, and the mirror images of both.</summary>
    Zoom,
    /// <summary>
    /// The centre and the four corners. If the network sees the whole face, corners of about eleven twelfths are enlarged.
    /// </summary>
    Five,
    /// <summary>The views of <see cref="Five"/> and their mirror images.</summary>
    Ten,
    /// <summary>
    /// Ten crops of the same size, the centre and the four corners with their mirror images (Krizhevsky et al., 2012): as <see
    /// cref="Ten"/>, but if the network sees the whole face, the centre is enlarged like the corners.
    /// </summary>
    TenCrops,
}

/// <summary>Lists the views of each set.</summary>
public static class FaceViewSets
{
    /// <summary>
    /// An upper bound of the pixels of all sets together, each view counted once, at the sides that networks are trained on; in pixels of
    /// the centre.
    /// </summary>
    internal const double CentresOfAll = 15;

    /// <summary>The views of a set for a network that was trained on <paramref name="side"/> pixels.</summary>
    public static IReadOnlyList<FaceView> List(this FaceViews views, int side)
    {
        const int face = Face.Side;
        FaceView centre = FaceView.Centre(side), whole = FaceView.Centre(face);
        // 44 of 48 pixels: enlarged by less than in training, and cropped by the same amount on both sides.
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
