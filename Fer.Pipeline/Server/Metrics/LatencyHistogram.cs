using System.Globalization;
using System.Text;

namespace Fer.Server;

/// <summary>Counts values in buckets, as Prometheus has it: each bucket holds what is at most its bound.</summary>
internal sealed class LatencyHistogram(params double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    /// <summary>Milliseconds of a stage, bounds in seconds.</summary>
    internal static LatencyHistogram OfSeconds() => new(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30);

    internal void Add(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket]) bucket++;
        lock (_gate)
        {
            _counts[bucket]++;
            _sum += value;
        }
    }

    /// <summary>The lines of the text format.</summary>
    /// <param name="text">Where to write.</param>
    /// <param name="name">The metric's name.</param>
    /// <param name="label">A label as <c>name="value"</c>, or nothing.</param>
    internal void Write(StringBuilder text, string name, string label = "")
    {
        long[] counts;
        double sum;
        lock (_gate) (counts, sum) = ([.. _counts], _sum);
        long total = 0;
        string first = label.Length > 0 ? label + "," : "";
        for (int i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            string bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{first}le=\"{bound}\"}} {total}\n");
        }
        string labels = label.Length > 0 ? $"{{{label}}}" : "";
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{labels} {sum}\n{name}_count{labels} {total}\n");
    }
}
