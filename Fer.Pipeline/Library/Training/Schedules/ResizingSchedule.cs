namespace Fer.Pipeline.Training;

/// <summary>
/// Progressive resizing: the first part of a run trains on downscaled faces, which makes steps cheaper, and the last part on full-size
/// ones. A network whose layers accept any input size keeps its weights (fast.ai's DAWNBench entries, 2018; Tan and Le, arXiv 2104.00298).
/// </summary>
internal sealed class ResizingSchedule
{
    /// <summary>Difference in side between stages, in pixels.</summary>
    private const int Step = 8;

    private readonly (double Until, int Side)[] _stages;

    /// <summary>Plans the stages.</summary>
    /// <param name="share">Share of the run before the last stage; 0 turns resizing off.</param>
    /// <param name="firstSide">Side of the first stage.</param>
    /// <param name="side">Side of the last.</param>
    internal ResizingSchedule(double share, int firstSide, int side)
    {
        int[] sides = [.. Sides(share, firstSide, side)];
        _stages = [.. sides.Select((s, i) => (share * (i + 1) / sides.Length, s)), (double.PositiveInfinity, side)];
    }

    /// <summary>The sides of all stages, in order.</summary>
    internal IEnumerable<int> AllSides => _stages.Select(s => s.Side);

    /// <summary>The input's side at a point of the run.</summary>
    /// <param name="fraction">Progress, 0 … 1.</param>
    internal int SideAt(double fraction)
    {
        foreach (var (until, side) in _stages)
            if (fraction < until) return side;
        return _stages[^1].Side;
    }

    /// <summary>Mean cost of a step over the whole run, relative to a step of the last stage.</summary>
    internal double MeanCost => RemainingCost(0) * Math.Pow(SideAt(0) / (double)_stages[^1].Side, 2);

    /// <summary>Mean cost of a step from here to the end, relative to a step now; the cost is proportional to the pixels.</summary>
    /// <param name="fraction">Progress, 0 … 1.</param>
    internal double RemainingCost(double fraction)
    {
        if (fraction >= 1) return 1;
        double sum = 0, from = fraction;
        foreach (var (until, side) in _stages)
        {
            double end = Math.Min(1, until);
            if (end <= from) continue;
            sum += (end - from) * side * side;
            from = end;
        }
        int now = SideAt(fraction);
        return sum / (1 - fraction) / (now * (double)now);
    }

    private static IEnumerable<int> Sides(double share, int firstSide, int side)
    {
        if (share <= 0) yield break;
        for (int s = firstSide; s < side; s += Step) yield return s;
    }
}
