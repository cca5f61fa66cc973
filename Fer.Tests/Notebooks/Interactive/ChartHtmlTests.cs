using System.Text.Json;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Interactive;
using Fer.Pipeline.Reports;
using Chart = Fer.Pipeline.Reports.Chart;

namespace Fer.Tests.Notebooks.Interactive;

public class ChartHtmlTests
{
    private static readonly BarChart Bars = new()
    {
        Title = "Bars </script>",
        Description = "d",
        Categories = ["a", "b"],
        Series = [new("s", [0.25, 0.5]) { Intervals = [new(0.2, 0.4), new(0.4, 0.6)] }, new("t", [0.1, 0.2])],
        Format = ValueFormat.Percent,
    };

    private static JsonElement Figure(Chart chart) =>
        JsonDocument.Parse(ChartHtml.Figure(PlotlyChart.Of(chart)!).Replace("<\\/", "</", StringComparison.Ordinal)).RootElement;

    [Fact]
    public void A_bar_chart_keeps_its_values_names_and_intervals()
    {
        var figure = Figure(Bars);
        var first = figure.GetProperty("data")[0];
        Assert.Equal("bar", first.GetProperty("type").GetString());
        Assert.Equal("s", first.GetProperty("name").GetString());
        Assert.Equal(["a", "b"], first.GetProperty("x").EnumerateArray().Select(x => x.GetString()));
        Assert.Equal([0.25, 0.5], first.GetProperty("y").EnumerateArray().Select(y => y.GetDouble()));
        Assert.Equal(0.15, first.GetProperty("error_y").GetProperty("array")[0].GetDouble(), 9);
        Assert.Equal(0.05, first.GetProperty("error_y").GetProperty("arrayminus")[0].GetDouble(), 9);
        Assert.Equal("t", figure.GetProperty("data")[1].GetProperty("name").GetString());
        Assert.False(figure.GetProperty("data")[1].TryGetProperty("error_y", out _));
        Assert.Equal("Bars </script>", figure.GetProperty("layout").GetProperty("title").GetProperty("text").GetString());
        Assert.Equal(".0%", figure.GetProperty("layout").GetProperty("yaxis").GetProperty("tickformat").GetString());
    }

    [Fact]
    public void A_line_keeps_its_band_and_a_gap()
    {
        var figure = Figure(new LineChart
        {
            Title = "t",
            Description = "d",
            XName = "epoch",
            Series = [new("a", [(1, 0.1), (2, double.NaN)]), new("b", [(1, 0.5)]) { Band = [new(0.4, 0.6)] }],
        });
        var lines = figure.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal([1, 2], lines[0].GetProperty("x").EnumerateArray().Select(x => x.GetInt32()));
        Assert.Equal(JsonValueKind.Null, lines[0].GetProperty("y")[1].ValueKind);
        Assert.Contains(lines, line => line.TryGetProperty("fill", out var fill) && fill.GetString() == "tonexty");
    }

    [Fact]
    public void A_confusion_matrix_keeps_counts_shares_and_the_order_of_its_rows()
    {
        var figure = Figure(new ConfusionHeatMap
        {
            Title = "t",
            Description = "d",
            Matrix = new ConfusionMatrix(["x", "y"], [[3, 1], [0, 4]]),
        });
        var map = figure.GetProperty("data")[0];
        Assert.Equal("heatmap", map.GetProperty("type").GetString());
        Assert.Equal(0.75, map.GetProperty("z")[0][0].GetDouble());
        Assert.StartsWith("3<br>75", map.GetProperty("text")[0][0].GetString(), StringComparison.Ordinal);
        Assert.Equal("reversed", figure.GetProperty("layout").GetProperty("yaxis").GetProperty("autorange").GetString());
    }

    [Fact]
    public void Histograms_scatters_and_reliability_diagrams_are_drawn_by_Plotly_and_grids_as_svg()
    {
        var histogram = new HistogramChart
        {
            Title = "t",
            Description = "d",
            XName = "x",
            Bins = 4,
            Series = [new("s", [0, 1, 1.5, 8, double.NaN]), new("same", [3, 3])],
        };
        var bars = Figure(histogram).GetProperty("data")[0];
        Assert.Equal([1.0, 3, 5, 7], bars.GetProperty("x").EnumerateArray().Select(x => x.GetDouble()));
        Assert.Equal([0.75, 0, 0, 0.25], bars.GetProperty("y").EnumerateArray().Select(y => y.GetDouble()));
        var scatter = new ScatterChart
        {
            Title = "t",
            Description = "d",
            XName = "x",
            YName = "y",
            ShowFront = true,
            Series = [new("s", PointShape.Circle, [new("a", 1, 2), new("b", 2, 1)], Named: true)],
        };
        Assert.Equal(2, Figure(scatter).GetProperty("data").GetArrayLength());
        var reliability = SampleNotebook.Predictions().PlotCalibration().Charts[0];
        Assert.Equal("bar", Figure(reliability).GetProperty("data")[0].GetProperty("type").GetString());
        Assert.Null(PlotlyChart.Of(SampleNotebook.Dataset.Training.PlotFaces(3)));
        Assert.Null(PlotlyChart.Of(new HistogramChart { Title = "t", Description = "d", XName = "x", Series = [] }));
    }

    [Fact]
    public void A_chart_shows_its_drawing_where_no_script_runs_and_its_text_cannot_end_the_script()
    {
        string html = ChartHtml.Of(Bars);
        Assert.Contains("<svg", html, StringComparison.Ordinal);
        Assert.Contains(ChartHtml.Library, html, StringComparison.Ordinal);
        Assert.Equal(1, html.Split("</script>").Length - 1);
        // The same chart twice on a page has two places.
        Assert.NotEqual(html.Split('"')[1], ChartHtml.Of(Bars).Split('"')[1]);
    }
}
