namespace Fer.Pipeline.Faces;

/// <summary>
/// Figures of a face that need no label and no model. Two of them only stand in for what they are named after, since FER2013 says nothing
/// of pose and occlusion: they tell faces apart on the average, not each single one.
/// </summary>
public static class FaceProperties
{
    private const int Side = Face.Side, Block = 8;

    /// <summary>A block counts as flat whose grey values deviate by less than this.</summary>
    private const double FlatDeviation = 6;

    /// <summary>The mean grey value, 0 … 255.</summary>
    public static double Brightness(ReadOnlySpan<byte> face)
    {
        long sum = 0;
        foreach (byte value in face) sum += value;
        return (double)sum / face.Length;
    }

    /// <summary>The standard deviation of the grey values, 0 … 127.5.</summary>
    public static double Contrast(ReadOnlySpan<byte> face) => Deviation(face, 0, 0, Side);

    /// <summary>
    /// A stand-in for the pose: the mean difference of the face from its mirror image, in units of its contrast. A frontal, evenly lit face
    /// is near 0; a turned or tilted head, and light from one side, raise it. 0 for a face of one grey.
    /// </summary>
    public static double Asymmetry(ReadOnlySpan<byte> face)
    {
        long sum = 0;
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side / 2; x++) sum += Math.Abs(face[y * Side + x] - face[y * Side + Side - 1 - x]);
        double contrast = Contrast(face);
        return contrast == 0 ? 0 : sum / (Side * Side / 2.0) / contrast;
    }

    /// <summary>
    /// A stand-in for occlusion: the share of flat 8x8 blocks (standard deviation below 6 grey levels) among the 16 in the middle of the
    /// picture, 0 … 1. Skin, eyes and mouth are seldom flat; a hand, dark glasses or a bar over the face often are.
    /// </summary>
    public static double FlatShare(ReadOnlySpan<byte> face)
    {
        const int margin = (Side - 4 * Block) / 2;
        int flat = 0;
        for (int i = 0; i < 16; i++)
            if (Deviation(face, margin + i / 4 * Block, margin + i % 4 * Block, Block) < FlatDeviation) flat++;
        return flat / 16.0;
    }

    private static double Deviation(ReadOnlySpan<byte> face, int top, int left, int side)
    {
        long sum = 0, squares = 0;
        for (int y = top; y < top + side; y++)
            foreach (byte value in face.Slice(y * Side + left, side))
            {
                sum += value;
                squares += value * value;
            }
        double n = side * side, mean = sum / n;
        return Math.Sqrt(Math.Max(0, squares / n - mean * mean));
    }
}
