namespace Fer.Server;

/// <summary>
/// How many views of each face a live answer looks at: as many as it has time for before the next frame. Where time runs short the number
/// falls at once; it rises a step at a time, after some answers that would have left room for it, and after ever more of them where the
/// last rise did not hold. Counts answers and reads no clock.
/// </summary>
internal sealed class ViewBudget
{
    /// <summary>Answers with room to spare before the number rises, at first and at most.</summary>
    private const int Patience = 8, MostPatience = 256;

    /// <summary>Answers within which a fall shows that the rise before it was too early.</summary>
    private const int Trial = 20;

    /// <summary>The share of the time that the larger number must fit into, and the weight of the newest measurement.</summary>
    private const double Room = 0.8, Newest = 0.25;

    private readonly IReadOnlyList<int> _views;
    private readonly double _frame;
    private int _step, _roomy, _patience = Patience, _sinceRise = Trial;
    private double? _viewMilliseconds;

    /// <param name="views">Numbers of views to choose from, fewest first.</param>
    /// <param name="frameMilliseconds">Time from one frame to the next.</param>
    internal ViewBudget(IReadOnlyList<int> views, double frameMilliseconds)
    {
        (_views, _frame) = (views, frameMilliseconds);
        _step = views.Count - 1;
    }

    /// <summary>Views to look at now.</summary>
    /// <param name="faces">Faces found in the frame.</param>
    /// <param name="spentMilliseconds">Time that has gone since the frame was taken up.</param>
    internal int Choose(int faces, double spentMilliseconds)
    {
        if (faces == 0 || _viewMilliseconds is not { } each) return _views[_step];
        double left = _frame - spentMilliseconds;
        int before = _step;
        while (_step > 0 && each * faces * _views[_step] > left) _step--;
        if (_step < before)
        {
            _roomy = 0;
            // It had risen too early.
            if (_sinceRise < Trial) _patience = Math.Min(MostPatience, 2 * _patience);
            _sinceRise = Trial;
        }
        else
        {
            // What held is what the machine can do again.
            if (_sinceRise < Trial && ++_sinceRise == Trial) _patience = Patience;
            _roomy = _step + 1 < _views.Count && each * faces * _views[_step + 1] <= Room * left ? _roomy + 1 : 0;
            if (_roomy >= _patience)
            {
                _step++;
                (_roomy, _sinceRise) = (0, 0);
            }
        }
        return _views[_step];
    }

    /// <summary>Adds what an answer took.</summary>
    /// <param name="faces">Faces classified.</param>
    /// <param name="views">Views of each.</param>
    /// <param name="milliseconds">From the faces' being ready to their answer, waiting included.</param>
    internal void Observe(int faces, int views, double milliseconds)
    {
        if (faces == 0) return;
        double each = milliseconds / (faces * views);
        _viewMilliseconds = _viewMilliseconds is not { } old || each > old ? each : old + Newest * (each - old);
    }
}
