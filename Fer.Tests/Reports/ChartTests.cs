using System.Globalization;
using System.Xml.Linq;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Reports;

public class ChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Kinds => ["bars", "groups", "lines", "heat", "reliability", "scatter"];

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
        var marks = root.Descendants(Svg + "g").Where(g => g.Attribute("class")?.Value.StartsWith("mark", StringComparison.Ordinal) == true).ToArray();
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
        Assert.DoesNotContain(root.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
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
                foreach (var (name, limit) in new[] { ("x", box[2]), ("x1", box[2]), ("x2", box[2]), ("cx", box[2]), ("y", box[3]), ("y1", box[3]), ("y2", box[3]), ("cy", box[3]) })
                {
                    if (shape.Attribute(name) is XAttribute place) Assert.InRange(Number(place.Value), -0.01, limit + 0.01);
                }
                if (shape.Name.LocalName != "rect") continue;
                Assert.True(Of(shape, "x") + Of(shape, "width") <= box[2] + 0.02);
                Assert.True(Of(shape, "y") + Of(shape, "height") <= box[3] + 0.02);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_value_that_is_no_number_breaks_the_line()
    {
        var chart = Lines([0.1, 0.2, double.NaN, 0.4, 0.5]);
        string path = XElement.Parse(chart.ToSvgFile()).Descendants(Svg + "path").Select(one => one.Attribute("d")!.Value).Single(d => d.Contains('L'));
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(2, path.Count(c => c == 'L'));
        Assert.Equal("–", chart.Values.Rows[2][1]);
    }

    [Fact]
    public void Marks_hold_exact_values()
    {
        Assert.Contains("<title>accuracy, epoch 2: 0.200</title>", Lines([0.1, 0.2]).ToSvg(), StringComparison.Ordinal);
        string heat = new ConfusionHeatMap { Title = "t", Description = "d", Matrix = new(["happy", "sad"], [[1500, 500], [0, 0]]) }.ToSvg();
        Assert.Contains("<title>happy, taken for sad: 500 of 2,000 (25.0\u00A0%)</title>", heat, StringComparison.Ordinal);
        Assert.Contains("<title>sad, right: 0 of 0 (–)</title>", heat, StringComparison.Ordinal);
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
                Series = [new("precision", drawn), new(name, [.. drawn.Select(value => 1 - value)]) { Intervals = [.. drawn.Select(_ => new ConfidenceInterval(0.2, 0.4))] }],
                Format = ValueFormat.Percent,
                ValueName = "share",
            },
            "lines" => new LineChart
            {
                Title = Title,
                Description = Description,
                Series = [new(name, [.. drawn.Select((value, i) => (i, value))]), new("b", [.. drawn.Select((value, i) => (2 * i, -value))])],
                XName = "epoch",
                Best = 1,
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
