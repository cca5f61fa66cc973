using System.Globalization;
using System.Xml.Linq;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Images;
using Fer.Pipeline.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Reports;

public class ChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Kinds =>
        ["bars", "groups", "lines", "bands", "heat", "reliability", "scatter", "front", "histogram", "parallel", "images"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_chart_is_well_formed_and_has_a_text_alternative(string kind)
    {
        var chart = Make(kind, "happy");
        var root = XElement.Parse(chart.ToSvgFile());
        Assert.Equal(Svg + "svg", root.Name);
        Assert.Equal("img", root.Attribute("role")!.Value);
        Assert.Equal("A title. What is to be seen.", root.Attribute("aria-label")!.Value);
        Assert.Equal("A title", root.Element(Svg + "title")!.Value);
        Assert.Equal("What is to be seen.", root.Element(Svg + "desc")!.Value);
        var marks = root.Descendants(Svg + "g").Where(g => g.Attribute("class")?.Value.StartsWith("mark", StringComparison.Ordinal) == true)
            .ToArray();
        Assert.NotEmpty(marks);
        Assert.All(marks, mark => Assert.NotEmpty(mark.Element(Svg + "title")!.Value));
        Assert.NotEmpty(chart.Values.Rows);
        Assert.All(chart.Values.Rows, row => Assert.Equal(chart.Values.Columns.Count, row.Count));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Hostile_names_stay_text(string kind)
    {
        var root = XElement.Parse(Make(kind, ReportSamples.Hostile).ToSvgFile());
        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName is "script" or "svg");
        Assert.DoesNotContain(root.Descendants().Attributes(),
            attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_chart_without_data_says_so(string kind)
    {
        var chart = Make(kind, "happy", empty: true);
        Assert.False(chart.HasData);
        Assert.Contains("no data", XElement.Parse(chart.ToSvgFile()).Value, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Shapes_stay_inside_the_drawing_whatever_the_values(string kind) => Prop.ForAll(
        ArbMap.Default.ArbFor<(double[] Values, PositiveInt Seed)>(), one =>
        {
            var chart = Make(kind, "a name of some length", values: one.Values, seed: one.Seed.Get);
            var root = XElement.Parse(chart.ToSvgFile());
            double[] box = [.. root.Attribute("viewBox")!.Value.Split(' ').Select(Number)];
            foreach (var shape in root.Descendants())
            {
                foreach (var (name, limit) in new[] { ("x", box[2]), ("x1", box[2]), ("x2", box[2]), ("cx", box[2]), ("y", box[3]),
                    ("y1", box[3]), ("y2", box[3]), ("cy", box[3]) })
                {
                    if (shape.Attribute(name) is XAttribute place) Assert.InRange(Number(place.Value), -0.01, limit + 0.01);
                }
                if (shape.Name.LocalName != "rect") continue;
                Assert.True(Of(shape, "x") + Of(shape, "width") <= box[2] + 0.02);
                Assert.True(Of(shape, "y") + Of(shape, "height") <= box[3] + 0.02);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void NaN_interrupts_the_line()
    {
        var chart = Lines([0.1, 0.2, double.NaN, 0.4, 0.5]);
        string path = XElement.Parse(chart.ToSvgFile()).Descendants(Svg + "path").Select(one => one.Attribute("d")!.Value).Single(
            d => d.Contains('L'));
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(2, path.Count(c => c == 'L'));
        Assert.Equal("–", chart.Values.Rows[2][1]);
    }

    [Fact]
    public void Marks_hold_exact_values()
    {
        Assert.Contains("<title>accuracy, epoch 2: 0.200</title>", Lines([0.1, 0.2]).ToSvg(), StringComparison.Ordinal);
        string heat = new ConfusionHeatMap
        {
            Title = "t",
            Description = "d",
            Matrix = new(["happy", "sad"], [[1500, 500], [0, 0]])
        }.ToSvg();
        Assert.Contains("<title>happy, predicted as sad: 500 of 2,000 (25.0\u00A0%)</title>", heat, StringComparison.Ordinal);
        Assert.Contains("<title>sad, correct: 0 of 0 (–)</title>", heat, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_epoch_is_marked_only_where_it_was_drawn()
    {
        Assert.Contains("best epoch 2", Lines([0.1, 0.2], best: 2).ToSvg(), StringComparison.Ordinal);
        Assert.DoesNotContain("best epoch", Lines([0.1, 0.2], best: 9).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_carries_its_style_and_an_inline_chart_leaves_it_to_the_page()
    {
        var chart = Lines([0.1, 0.2]);
        Assert.Contains("--s1:", chart.ToSvgFile(), StringComparison.Ordinal);
        Assert.DoesNotContain("<style", chart.ToSvg(), StringComparison.Ordinal);
        Assert.DoesNotContain("http", chart.ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_Pareto_front_holds_the_points_that_no_other_dominates()
    {
        var chart = new ScatterChart
        {
            Title = "t",
            Description = "d",
            Series = [
                new("done", PointShape.Circle, [new("a", 1, 0.9), new("b", 2, 0.8), new("c", 2, 0.7), new("d", 1.5, 0.85),
                    new("e", 0.5, 0.9), new("f", double.NaN, 1)])],
            XName = "speed",
            YName = "accuracy",
            ShowFront = true,
        };
        Assert.Equal(["a", "d", "b"], chart.Front.Select(point => point.Name));
    }

    [Fact]
    public void A_histogram_counts_every_value_once()
    {
        var chart = new HistogramChart
        {
            Title = "t",
            Description = "d",
            Series = [new("a", [0, 0.1, 0.5, 0.99, 1, double.NaN])],
            XName = "x",
            Bins = 4
        };
        int[] counts = [.. chart.Values.Rows.Select(row => int.Parse(row[1].Split(' ')[0], CultureInfo.InvariantCulture))];
        Assert.Equal(5, counts.Sum());
        Assert.Equal(chart.Values.Rows.Count, counts.Length);
    }

    [Fact]
    public void A_wrong_prediction_is_marked_by_more_than_its_colour()
    {
        string svg = Make("images", "happy").ToSvg();
        Assert.Contains("✓ happy", svg, StringComparison.Ordinal);
        Assert.Contains("✗ happy", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_numeric_axis_over_a_wide_range_is_logarithmic()
    {
        var axis = new ParallelAxis("LearningRate", ["0.001", "0.01", "0.1", null]);
        Assert.Equal(axis.Place(1) - axis.Place(0), axis.Place(2) - axis.Place(1), 1e-12);
        Assert.False(axis.Has(3));
        Assert.Equal(["0.001", "0.003", "0.01", "0.03", "0.1"], axis.Labels().Select(one => one.Label));
        // Powers of ten alone where there are many, and none that touches an end.
        Assert.Equal(["0.0009", "0.01", "0.1", "1", "10", "80"], new ParallelAxis("x", ["0.0009", "80"]).Labels().Select(one => one.Label));
        Assert.Equal([0.0, 1.0, 0.0], Enumerable.Range(0, 3).Select(new ParallelAxis("Optimizer", ["Sgd", "Adam", "Sgd"]).Place));
    }

    private static LineChart Lines(double[] values, int? best = null) => new()
    {
        Title = "A title",
        Description = "What is to be seen.",
        Series = [new("accuracy", [.. values.Select((value, i) => (i + 1, value))])],
        XName = "epoch",
        Best = best,
    };

    private static Chart Make(string kind, string name, bool empty = false, double[]? values = null, int seed = 1)
    {
        double[] drawn = empty ? [] : values ?? [0.3, 0.6, double.NaN, 0.9];
        string[] categories = [.. drawn.Select((_, i) => $"{name} {i}")];
        string[] classes = [name, "sad", "neutral", "fear", "contempt", "surprise", "disgust"];
        var metrics = ReportSamples.Metrics(classes[..(seed % 7 + 1)], empty ? 0 : 80, seed);
        const string Title = "A title", Description = "What is to be seen.";
        return kind switch
        {
            "bars" => new BarChart { Title = Title, Description = Description, Categories = categories, Series = [new(name, drawn)] },
            "groups" => new BarChart
            {
                Title = Title,
                Description = Description,
                Categories = categories,
                Series = [new("precision", drawn), new(name,
                    [.. drawn.Select(value => 1 - value)]) { Intervals = [.. drawn.Select(_ => new ConfidenceInterval(0.2, 0.4))] }],
                Format = ValueFormat.Percent,
                ValueName = "share",
            },
            "lines" => new LineChart
            {
                Title = Title,
                Description = Description,
                Series = [new(name, [.. drawn.Select((value, i) => (i, value))]),
                    new("b", [.. drawn.Select((value, i) => (2 * i, -value))])],
                XName = "epoch",
                Best = 1,
            },
            "bands" => new LineChart
            {
                Title = Title,
                Description = Description,
                Series = [
                    new(name, [.. drawn.Select((value, i) => (i, value))]) {
                        Band = [.. drawn.Select(value => new ConfidenceInterval(value - 0.1, value + 0.2))] }],
                XName = "epoch",
            },
            "histogram" =>
                new HistogramChart
                {
                    Title = Title,
                    Description = Description,
                    Series = [new(name, drawn), new("b", [.. drawn.Select(value => -value)])],
                    XName = "grey"
                },
            "parallel" => new ParallelCoordinates
            {
                Title = Title,
                Description = Description,
                Axes = drawn.Length == 0 ? [] : [new(name, [.. drawn.Select(value => value.ToString("R", CultureInfo.InvariantCulture))]),
                    new("optimizer", [.. drawn.Select((_, i) => i % 2 == 0 ? name : null)]), new("accuracy", drawn, ValueFormat.Percent)],
                Lines = categories,
                Best = 0,
            },
            "images" => new ImageGrid
            {
                Title = Title,
                Description = Description,
                Items = [.. drawn.Select((value, i) => new ImageGridItem(new GrayImage(2, 2, [0, 80, 160, 240]), name)
                {
                    IsRight = i % 2 == 0,
                    Note = name,
                    Bars = [(name, value), ("sad", 0.4)],
                    Heat = new(2, [value, 0, 1, 0.5], 1),
                })],
            },
            "front" => new ScatterChart
            {
                Title = Title,
                Description = Description,
                Series = [new("done", PointShape.Circle, [.. drawn.Select((value, i) => new ScatterPoint(name, i, value))], Named: true)],
                XName = "speed",
                YName = "accuracy",
                ShowFront = true,
            },
            "heat" => new ConfusionHeatMap { Title = Title, Description = Description, Matrix = metrics.ConfusionMatrix },
            "reliability" => new ReliabilityDiagram { Title = Title, Description = Description, Bins = metrics.ReliabilityBins },
            _ => new ScatterChart
            {
                Title = Title,
                Description = Description,
                Series =
                [
                    new("done", PointShape.Circle, [.. drawn.Select((value, i) => new ScatterPoint(name, i, value))]),
                    new("best", PointShape.Diamond, [.. drawn.Take(1).Select(value => new ScatterPoint(name, 3, value))], Named: true),
                ],
                XName = "minutes",
                YName = "accuracy",
            },
        };
    }

    private static double Of(XElement shape, string name) => Number(shape.Attribute(name)!.Value);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
