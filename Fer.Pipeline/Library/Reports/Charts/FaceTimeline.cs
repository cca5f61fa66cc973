namespace Fer.Pipeline.Reports;

/// <summary>The emotions of one face in a video over time steps.</summary>
internal sealed class FaceTimeline(int id, int classes, int steps)
{
    private readonly double[] _sums = new double[steps * classes], _total = new double[classes];
    private readonly int[] _counts = new int[steps];
    private readonly long[] _mostOften = new long[classes];

    internal int Id => id;

    /// <summary>Number of frames with the face.</summary>
    internal long Frames { get; private set; }

    /// <summary>Time of the first frame with it, in seconds.</summary>
    internal double First { get; private set; }

    /// <summary>Time of the last frame with it, in seconds.</summary>
    internal double Last { get; private set; }

    /// <summary>[classes] mean probabilities over its frames.</summary>
    internal IEnumerable<double> Means => _total.Select(sum => sum / Frames);

    /// <summary>[classes] share of its frames in which each class was the most probable.</summary>
    internal IEnumerable<double> Shares => _mostOften.Select(count => (double)count / Frames);

    internal void Add(double seconds, int step, IReadOnlyList<float> probabilities)
    {
        if (Frames++ == 0) First = seconds;
        Last = seconds;
        int best = 0;
        for (int k = 0; k < classes; k++)
        {
            _sums[step * classes + k] += probabilities[k];
            _total[k] += probabilities[k];
            if (probabilities[k] > probabilities[best]) best = k;
        }
        _counts[step]++;
        _mostOften[best]++;
    }

    /// <summary>Mean probability of a class in each step; NaN where the face is absent.</summary>
    internal IEnumerable<double> Steps(int k) =>
        _counts.Select((count, step) => count > 0 ? _sums[step * classes + k] / count : double.NaN);

    /// <summary>Merges each pair of steps into one.</summary>
    internal void Halve()
    {
        for (int step = 0; step < steps; step++)
        {
            int from = 2 * step;
            _counts[step] = from < steps ? _counts[from] + _counts[from + 1] : 0;
            for (int k = 0; k < classes; k++)
                _sums[step * classes + k] = from < steps ? _sums[from * classes + k] + _sums[(from + 1) * classes + k] : 0;
        }
    }
}
