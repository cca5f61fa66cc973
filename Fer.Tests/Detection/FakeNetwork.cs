using Fer.Pipeline.Detection;

namespace Fer.Tests.Detection;

/// <summary>A network that sees what a test tells it to.</summary>
/// <param name="side">Of its input.</param>
/// <param name="see">Fills the output from the input.</param>
internal sealed class FakeNetwork(int side, Action<ReadOnlyMemory<float>, BlazeFaceOutput> see) : IBlazeFaceNetwork
{
    public int Side => side;

    internal int Runs { get; private set; }

    internal bool IsDisposed { get; private set; }

    public void Run(ReadOnlySpan<float> input, BlazeFaceOutput output)
    {
        Runs++;
        output.Scores.AsSpan().Fill(-100);
        see(input.ToArray(), output);
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>Sees a face wherever the input is brighter than black: its box is the bright rectangle's.</summary>
    internal static FakeNetwork OfBright(int side) => new(side, (input, output) =>
    {
        int left = side, top = side, right = -1, bottom = -1;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                if (input.Span[3 * (y * side + x)] < 0) continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            }
        }
        if (right < 0) return;
        Put(output, 100, side, 3, (left + right + 1) / 2f, (top + bottom + 1) / 2f, right - left + 1, bottom - top + 1);
    });

    /// <summary>Lets an anchor see a face, in the network's pixels, its points in the middle of it.</summary>
    internal static void Put(BlazeFaceOutput output, int anchor, int side, float logit, float x, float y, float width, float height)
    {
        output.Scores[anchor] = logit;
        var values = output.Boxes.AsSpan(16 * anchor, 16);
        var at = BlazeFaceDecoder.AnchorAt(anchor) * side;
        for (int k = 0; k < 16; k += 2) (values[k], values[k + 1]) = (x - at.X, y - at.Y);
        (values[2], values[3]) = (width, height);
        // The eyes, a quarter of the width to both sides.
        values[4] -= width / 4;
        values[6] += width / 4;
    }
}
