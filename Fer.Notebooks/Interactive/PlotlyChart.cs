using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Reports;
using Plotly.NET;
using Chart = Fer.Pipeline.Reports.Chart;
using Draw = Plotly.NET.CSharp.Chart;

namespace Fer.Pipeline.Interactive;

/// <summary>The library's charts as Plotly.NET's, with the same series, names, colours and intervals.</summary>
public static class PlotlyChart
{
    // Okabe and Ito's colours as darkened for the reports' light page.
    private static readonly string[] Colours = ["#0b5cad", "#d35400", "#007f63", "#9c3f8c", "#8a6d00", "#5b6570"];

    /// <summary>
    /// The chart with zoom and hover, to be styled on with Plotly.NET; null for grids of pictures, timelines and parallel coordinates,
    /// which are shown as SVG.
    /// </summary>
    public static GenericChart? Of(Chart chart) => !chart.HasData ? null : chart switch
    {
        BarChart bars => Bars(bars),
        LineChart lines => Lines(lines),
        ConfusionHeatMap map => Heat(map),
        HistogramChart histogram => Histogram(histogram),
        ScatterChart scatter => Scatter(scatter),
        ReliabilityDiagram diagram => Reliability(diagram),
        _ => null,
    };

    private static GenericChart Bars(BarChart chart)
    {
        var traces = chart.Series.Select((series, i) =>
        {
            var bars = Draw.Column<double, string, string>([.. series.Values], Keys: new([.. chart.Categories], true), Name: series.Name,
                MarkerColor: Paint(i), UseDefaults: false);
            if (series.Intervals is { } intervals)
                Set(bars, "error_y", ErrorBars([.. series.Values], [.. intervals]));
            return bars;
        });
        return Finish(Draw.Combine(traces), chart, PlotlyAxis.Of(chart.CategoryName), PlotlyAxis.Of(chart.ValueName, chart.Format),
            legend: chart.Series.Count > 1);
    }

    private static GenericChart Lines(LineChart chart)
    {
        var traces = new List<GenericChart>();
        foreach (var (i, series) in chart.Series.Index())
        {
            int[] x = [.. series.Points.Select(point => point.X)];
            if (series.Band is { } band)
            {
                traces.Add(Draw.Range<int, double, string>(x, [.. series.Points.Select(point => point.Y)],
                    [.. band.Select(one => one.Upper)], [.. band.Select(one => one.Lower)], StyleParam.Mode.Lines_Markers,
                    Name: series.Name, LineColor: Paint(i), MarkerColor: Paint(i), RangeColor: Paint(i, "33"), UseDefaults: false));
            }
            else
            {
                traces.Add(Draw.Line<int, double, string>(x, [.. series.Points.Select(point => point.Y)], ShowMarkers: true,
                    Name: series.Name, LineColor: Paint(i), MarkerColor: Paint(i), UseDefaults: false));
            }
        }
        return Finish(Draw.Combine(traces), chart, PlotlyAxis.Of(chart.XName), PlotlyAxis.Of("", chart.Format), legend: true);
    }

    private static GenericChart Heat(ConfusionHeatMap chart)
    {
        var matrix = chart.Matrix;
        string[] names = [.. matrix.ClassNames];
        double[][] shares = [.. matrix.Counts.Select((row, i) => row.Select(count => (double)count / Math.Max(matrix.TrueCounts[i], 1))
            .ToArray())];
        string[][] cells = [.. matrix.Counts.Select((row, i) => row.Select((count, j) => $"{count:N0}<br>{shares[i][j]:P1}").ToArray())];
        var map = Draw.Heatmap<double, string, string, string>(shares, X: new(names, true), Y: new(names, true),
            ShowScale: false, UseDefaults: false);
        object[][] blues = [[0, "#f7fbff"], [0.5, "#5aa2cf"], [1, "#08306b"]];
        Set(map, "colorscale", blues);
        Set(map, "zmin", 0);
        Set(map, "zmax", 1);
        Set(map, "text", cells);
        Set(map, "texttemplate", "%{text}");
        Set(map, "hovertemplate", $"{chart.RowName} %{{y}}, {chart.ColumnName} %{{x}}<br>%{{text}}<extra></extra>");
        var y = PlotlyAxis.Of(chart.RowName);
        y["autorange"] = "reversed";
        return Finish(map, chart, PlotlyAxis.Of(chart.ColumnName), y, legend: false, height: 90 + 52 * names.Length);
    }

    /// <summary>The bins are counted here: a notebook need not hold every value of thirty thousand faces.</summary>
    private static GenericChart Histogram(HistogramChart chart)
    {
        double[][] finite = [.. chart.Series.Select(series => series.Values.Where(double.IsFinite).ToArray())];
        double least = finite.SelectMany(values => values).Min(), most = finite.SelectMany(values => values).Max();
        double width = Math.Max((most - least) / chart.Bins, double.Epsilon);
        double[] middles = [.. Enumerable.Range(0, chart.Bins).Select(bin => least + (bin + 0.5) * width)];
        var traces = chart.Series.Select((series, i) =>
        {
            var shares = new double[chart.Bins];
            foreach (double value in finite[i]) shares[Math.Min((int)((value - least) / width), chart.Bins - 1)] += 1.0 / finite[i].Length;
            return Draw.Column<double, double, string>(shares, Keys: new(middles, true), Name: series.Name, MarkerColor: Paint(i),
                Opacity: 0.6, UseDefaults: false);
        });
        return Finish(Draw.Combine(traces), chart, PlotlyAxis.Of(chart.XName, chart.Format), PlotlyAxis.Of("share", ValueFormat.Percent),
            legend: chart.Series.Count > 1, more: [("barmode", "overlay"), ("bargap", 0)]);
    }

    private static GenericChart Scatter(ScatterChart chart)
    {
        var traces = chart.Series.Where(series => series.Points.Count > 0).Select((series, i) => Draw.Scatter<double, double, string>(
            [.. series.Points.Select(point => point.X)], [.. series.Points.Select(point => point.Y)],
            series.Named ? StyleParam.Mode.Markers_Text : StyleParam.Mode.Markers, Name: series.Name,
            MultiText: new([.. series.Points.Select(point => point.Name)], true), TextPosition: StyleParam.TextPosition.TopCenter,
            MarkerColor: Paint(i), UseDefaults: false)).ToList();
        if (chart.ShowFront)
        {
            traces.Add(Draw.Line<double, double, string>([.. chart.Front.Select(point => point.X)],
                [.. chart.Front.Select(point => point.Y)], Name: "Pareto front", LineDash: StyleParam.DrawingStyle.Dash,
                LineColor: Paint(5), UseDefaults: false));
        }
        return Finish(Draw.Combine(traces), chart, PlotlyAxis.Of(chart.XName, chart.XFormat), PlotlyAxis.Of(chart.YName, chart.YFormat),
            legend: true);
    }

    private static GenericChart Reliability(ReliabilityDiagram chart)
    {
        ReliabilityBin[] bins = [.. chart.Bins.Where(bin => bin.Count > 0)];
        double[] accuracy = [.. bins.Select(bin => bin.Accuracy)];
        var points = Draw.Column<double, double, string>(accuracy, Keys: new([.. bins.Select(bin => (bin.Lower + bin.Upper) / 2)], true),
            Name: "accuracy of a bin", MarkerColor: Paint(0), Opacity: 0.75,
            MultiText: new([.. bins.Select(bin => $"{bin.Count:N0} rows, mean confidence {bin.Confidence:P1}")], true),
            TextPosition: StyleParam.TextPosition.None, UseDefaults: false);
        Set(points, "error_y", ErrorBars(accuracy,
            [.. bins.Select(bin => ConfidenceInterval.Wilson((long)Math.Round(bin.Accuracy * bin.Count), bin.Count))]));
        Set(points, "width", bins.Select(bin => bin.Upper - bin.Lower).ToArray());
        var ideal = Draw.Line<double, double, string>([0, 1], [0, 1], Name: "perfect calibration",
            LineDash: StyleParam.DrawingStyle.Dash, LineColor: Paint(1), UseDefaults: false);
        return Finish(Draw.Combine([points, ideal]), chart, PlotlyAxis.Of(chart.XName, ValueFormat.Percent),
            PlotlyAxis.Of("accuracy", ValueFormat.Percent), legend: true);
    }

    private static GenericChart Finish(GenericChart chart, Chart from, Dictionary<string, object> x, Dictionary<string, object> y,
        bool legend, int height = 380, params (string Name, object Value)[] more)
    {
        var layout = new Layout();
        layout.SetProperty("title", new Dictionary<string, object> { ["text"] = from.Title, ["font"] = PlotlyAxis.Font(14), ["x"] = 0.01 });
        layout.SetProperty("xaxis", x);
        layout.SetProperty("yaxis", y);
        layout.SetProperty("height", height);
        layout.SetProperty("font", PlotlyAxis.Font(12));
        layout.SetProperty("margin", new Dictionary<string, object> { ["l"] = 60, ["r"] = 20, ["t"] = 60, ["b"] = 50 });
        layout.SetProperty("showlegend", legend);
        layout.SetProperty("legend", new Dictionary<string, object> { ["orientation"] = "h", ["y"] = -0.25 });
        layout.SetProperty("plot_bgcolor", "#ffffff");
        layout.SetProperty("paper_bgcolor", "#ffffff");
        foreach (var (name, value) in more) layout.SetProperty(name, value);
        return GenericChart.setLayout(layout, chart);
    }

    private static void Set(GenericChart chart, string name, object value)
    {
        foreach (var trace in GenericChart.getTraces(chart)) trace.SetProperty(name, value);
    }

    private static Dictionary<string, object> ErrorBars(double[] values, ConfidenceInterval[] intervals) => new()
    {
        ["type"] = "data",
        ["symmetric"] = false,
        ["array"] = intervals.Zip(values, (interval, value) => Math.Max(interval.Upper - value, 0)).ToArray(),
        ["arrayminus"] = intervals.Zip(values, (interval, value) => Math.Max(value - interval.Lower, 0)).ToArray(),
        ["thickness"] = 1.2,
    };

    private static Color Paint(int series, string opacity = "") => Color.fromString(Colours[series % Colours.Length] + opacity);
}
