namespace Fer.Pipeline.Images;

/// <summary>Undoes the prediction of a PNG row (W3C PNG, section 9).</summary>
internal static class PngFilter
{
    /// <summary>Turns the filtered bytes of a row into the bytes they stand for, in place.</summary>
    /// <param name="filter">The row's filter, 0 … 4.</param>
    /// <param name="row">[bytes] the row.</param>
    /// <param name="above">[bytes] the row above, already undone; zeros for the first.</param>
    /// <param name="step">Bytes back to the pixel on the left: bytes a pixel, at least 1.</param>
    /// <returns>False where there is no such filter.</returns>
    internal static bool Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                for (int i = step; i < row.Length; i++) row[i] += row[i - step];
                return true;
            case 2:
                for (int i = 0; i < row.Length; i++) row[i] += above[i];
                return true;
            case 3:
                for (int i = 0; i < row.Length; i++) row[i] += (byte)(((i < step ? 0 : row[i - step]) + above[i]) >> 1);
                return true;
            case 4:
                for (int i = 0; i < row.Length; i++)
                    row[i] += i < step ? above[i] : Paeth(row[i - step], above[i], above[i - step]);
                return true;
            default:
                return false;
        }
    }

    private static byte Paeth(int left, int up, int corner)
    {
        int toLeft = Math.Abs(up - corner), toUp = Math.Abs(left - corner), toCorner = Math.Abs(left + up - 2 * corner);
        return (byte)(toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner);
    }
}
