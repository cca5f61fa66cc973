using System.Globalization;

namespace Fer.Server;

/// <summary>The times of the pictures since the log's last line.</summary>
internal sealed class StageWindow
{
    /// <summary>Totals kept for the percentile: beyond that many pictures it is that of the first ones.</summary>
    private const int MostTotals = 4096;

    private readonly Lock _gate = new();
    private readonly List<double> _totals = [];
    private int _pictures, _faces;
    private double _decode, _detect, _queue, _classify;

    internal void Add(int faces, StageTimes times)
    {
        lock (_gate)
        {
            _pictures++;
            _faces += faces;
            _decode += times.Decode;
            _detect += times.Detect;
            _queue += times.Queue;
            _classify += times.Classify;
            if (_totals.Count < MostTotals) _totals.Add(times.Total);
        }
    }

    /// <summary>A line of means and the 95th percentile, or null where there was no picture; then counts anew.</summary>
    internal string? Take(int liveSessions)
    {
        lock (_gate)
        {
            if (_pictures == 0) return null;
            _totals.Sort();
            double p95 = _totals[(int)(0.95 * (_totals.Count - 1))];
            double n = _pictures;
            string line = string.Create(CultureInfo.InvariantCulture,
                $"{_pictures} pictures, {_faces} faces, {liveSessions} live; milliseconds a picture: decode {_decode / n:F1}, " +
                $"detect {_detect / n:F1}, wait {_queue / n:F1}, classify {_classify / n:F1}; 95 % within {p95:F0}");
            _pictures = _faces = 0;
            _decode = _detect = _queue = _classify = 0;
            _totals.Clear();
            return line;
        }
    }
}
