using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Fer.Pipeline;
using Fer.Pipeline.Reports;

namespace Fer.Tests.Reports;

public class ExperimentReportTests
{
    [Theory]
    [InlineData("happy")]
    [InlineData(ReportSamples.Hostile)]
    public void The_page_is_well_formed_and_holds_every_part(string text)
    {
        var page = Parse(ExperimentReport.ToHtml(ReportSamples.Experiment(text)));
        string[] captions = [.. page.Descendants("figcaption").Select(one => one.Value)];
        foreach (string part in new[] { "Class distribution", "Accuracy by epoch", "Loss by epoch", "Confusion matrix",
            "Precision, recall and F1", "True against predicted", "Reliability diagram", "Accuracy against time",
            "Validation accuracy by epoch" })
            Assert.Contains(captions, caption => caption.StartsWith(part, StringComparison.Ordinal));
        string[] headings = [.. page.Descendants("h3").Select(one => one.Value)];
        foreach (string part in new[] { "Rows of each class", "Settings of the model", "Metrics of each class",
            "Most frequent mistakes", "All trials", "Where and how" })
            Assert.Contains(headings, heading => heading.StartsWith(part, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_fetched_and_only_the_pages_own_script_runs()
    {
        string whole = ExperimentReport.ToHtml(ReportSamples.Experiment(ReportSamples.Hostile));
        // The policy names the hash of what stands between the tags; a browser takes no other script.
        var script = Assert.Single(Regex.Matches(whole, "<script>(.*?)</script>", RegexOptions.Singleline));
        Assert.Equal(ReportScript.Text, script.Groups[1].Value);
        Assert.Contains($"script-src {ReportScript.Source}\"", whole.Replace("&#39;", "'"));
        Assert.DoesNotMatch("fetch|XMLHttp|WebSocket|import|eval|innerHTML|https?:(?!//www.w3.org/2000/svg)", ReportScript.Text);
        string html = whole.Replace($"<script>{ReportScript.Text}</script>", "");
        Assert.DoesNotMatch(new Regex(@"https?:|//[a-z]|@import|url\(|<script|<link|<img|<iframe|\son[a-z]+=""", RegexOptions.IgnoreCase),
            Regex.Replace(html, "&lt;.*?&gt;|data:image/png;base64,[A-Za-z0-9+/=]+", ""));
        var page = Parse(html);
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object");
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src"
            || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.All(
            page.Descendants().Attributes("href"), link => Assert.True(
                link.Value.StartsWith('#')
                    || (link.Parent!.Name.LocalName == "image" && link.Value.StartsWith(
                        "data:image/png;base64,", StringComparison.Ordinal)), link.Value));
    }

    [Fact]
    public void Hostile_text_is_shown_as_it_is()
    {
        var page = Parse(ExperimentReport.ToHtml(ReportSamples.Experiment(ReportSamples.Hostile)));
        Assert.Equal(ReportSamples.Hostile.Replace('\u0001', '\uFFFD'), page.Descendants("h1").Single().Value);
    }

    [Fact]
    public void The_page_works_with_a_screen_reader_and_without_a_mouse()
    {
        var page = Parse(ReportSamples.Html());
        Assert.Equal("en", page.Root!.Attribute("lang")!.Value);
        Assert.Single(page.Descendants("h1"));
        Assert.Single(page.Descendants("main"));
        Assert.NotEmpty(page.Descendants("svg"));
        Assert.All(page.Descendants("svg"), chart =>
        {
            Assert.Equal("img", chart.Attribute("role")!.Value);
            Assert.True(chart.Attribute("aria-label")!.Value.Length > 20);
            Assert.NotEmpty(chart.Element("desc")!.Value);
        });
        Assert.All(page.Descendants("th"), head => Assert.True(head.Attribute("scope")?.Value is "col" or "row"));
        Assert.All(page.Descendants("table"), table =>
        {
            Assert.NotEmpty(table.Attribute("aria-label")!.Value);
            Assert.Equal(("0", "region"), (table.Parent!.Attribute("tabindex")?.Value, table.Parent.Attribute("role")?.Value));
            int columns = table.Descendants("th").Count(head => head.Attribute("scope")!.Value == "col");
            Assert.All(table.Element("tbody")!.Elements("tr"), row => Assert.Equal(columns, row.Elements().Count()));
        });
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(page.Descendants("nav").Descendants("a"), link => Assert.Contains(link.Attribute("href")!.Value[1..], ids));
        Assert.All(page.Descendants("section"), section => Assert.Contains(section.Attribute("aria-labelledby")!.Value, ids));
    }

    [Fact]
    public void Parts_without_data_are_left_out()
    {
        var page = Parse(ExperimentReport.ToHtml(new() { Title = "Nothing yet" }));
        Assert.Empty(page.Descendants("section"));
        Assert.Empty(page.Descendants("svg"));

        var evaluated = Parse(
            ExperimentReport.ToHtml(new() { Title = "Evaluated", Evaluations = [new("PrivateTest", ReportSamples.Metrics(["a", "b"]))] }));
        Assert.Equal(["Result", "Evaluation on PrivateTest"], evaluated.Descendants("h2").Select(one => one.Value));

        var trained = Parse(
            ExperimentReport.ToHtml(new() { Title = "Trained", Epochs = [new(1, double.NaN, 0.3, double.NaN, double.NaN)] }));
        Assert.Equal(["Accuracy by epoch"], trained.Descendants("figcaption").Select(one => one.Value));
    }

    [Fact]
    public void An_evaluation_without_rows_says_so()
    {
        var page = Parse(
            ExperimentReport.ToHtml(
                new() { Title = "Empty", Evaluations = [new("PrivateTest", ReportSamples.Metrics(["a", "b"], rows: 0))] }));
        Assert.Contains("No rows were evaluated.", page.Root!.Value, StringComparison.Ordinal);
        Assert.Empty(page.Descendants("svg"));
    }

    [Fact]
    public void Trials_that_all_failed_are_listed_without_charts()
    {
        TrialReport[] trials = [new() { Number = 1, State = ReportTrialState.Failed, Seconds = 2, Remark = "out of memory" }];
        var page = Parse(ExperimentReport.ToHtml(new() { Title = "Failed", Trials = trials }));
        Assert.Empty(page.Descendants("svg"));
        Assert.Contains("out of memory", page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_never_change_are_listed_above_the_table_and_not_in_it()
    {
        var page = Parse(ReportSamples.Html());
        var table = page.Descendants("table").Single(
            one => one.Attribute("aria-label")!.Value.StartsWith("All trials", StringComparison.Ordinal));
        Assert.DoesNotContain("BatchSize", table.Value, StringComparison.Ordinal);
        Assert.Contains("The same in all trials: BatchSize 128.", page.Root!.Value, StringComparison.Ordinal);
        Assert.Equal("3", Assert.Single(table.Descendants("tr"), row => row.Attribute("class")?.Value == "best").Element("th")!.Value);
    }

    [Fact]
    public void Summary_figures_carry_their_intervals()
    {
        var metrics = ReportSamples.Metrics(["a", "b", "c"]);
        var page = Parse(ExperimentReport.ToHtml(new() { Title = "t", Evaluations = [new("PublicTest", metrics)] }));
        var tile = page.Descendants("dl").Single().Elements("div").Single(one => one.Element("dt")!.Value == "Accuracy");
        Assert.Contains(NumberText.Percent(metrics.Accuracy), tile.Value, StringComparison.Ordinal);
        Assert.Contains(NumberText.Range(metrics.AccuracyInterval.Lower, metrics.AccuracyInterval.Upper, ValueFormat.Percent), tile.Value,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_that_do_not_fit_the_classes_are_refused() =>
        Assert.Throws<ArgumentException>(
            () => ExperimentReport.ToHtml(new() { Title = "t", ClassNames = ["a"], Splits = [new("Training", [1, 2])] }));

    [Fact]
    public void The_file_is_written_whole_and_a_path_that_cannot_be_written_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("fer-report").FullName;
        try
        {
            string path = Path.Combine(folder, "new", "report.html");
            ExperimentReport.Write(path, ReportSamples.Experiment("happy"));
            Assert.Equal(ReportSamples.Html(), File.ReadAllText(path));
            Assert.Equal((byte)'<', File.ReadAllBytes(path)[0]);
            string blocked = Path.Combine(path, "report.html");
            Assert.Contains(blocked, Assert.ThrowsAny<FerException>(() => ExperimentReport.Write(blocked, new() { Title = "t" })).Message,
                StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static XDocument Parse(string html)
    {
        using var reader = XmlReader.Create(new StringReader(html),
            new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return XDocument.Load(reader);
    }
}
