using Fer.Pipeline.Reports;
using Fer.Tests.Reports;
using Microsoft.Playwright;

namespace Fer.Tests.Browser;

/// <summary>What a click adds to a report, in a real browser under the report's own policy.</summary>
public sealed class ReportScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_report_answers_clicks_and_says_all_without_them()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        var data = ReportSamples.Experiment("happy") with { Trials = Trials() };
        data = data with { Evaluations = [data.Evaluations[1]] };
        string file = _folder.Write("report.html", ExperimentReport.ToHtml(data));
        await using var chromium = await Chromium.StartAsync();
        var page = await chromium.NewPageAsync(1280, 900, dark: false);
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) => problems.Add(message.Text);
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        Assert.Equal("on", await page.EvaluateAsync<string>("document.documentElement.dataset.script"));

        await Tables(page);
        await Faces(page);
        await Trial(page);
        await Brush(page);
        await Threshold(page);
        Assert.Empty(problems);
    }

    private static async Task Tables(IPage page)
    {
        var table = page.GetByRole(AriaRole.Table, new() { Name = "All trials, in the order they ran", Exact = true });
        var score = table.Locator("thead button", new() { HasTextString = "score" });
        await score.ClickAsync();
        Assert.Equal("10", await table.Locator("tbody tr >> nth=0 >> th").InnerTextAsync());
        await score.ClickAsync();
        Assert.Equal("1", await table.Locator("tbody tr >> nth=0 >> th").InnerTextAsync());
        // Without a score, last in either order.
        Assert.Equal("11", await table.Locator("tbody tr >> nth=-1 >> th").InnerTextAsync());
        Assert.Equal("ascending", await table.Locator("thead th", new() { HasTextString = "score" }).GetAttributeAsync("aria-sort"));
        var filter = page.GetByLabel("Filter: All trials, in the order they ran");
        await filter.FillAsync("FAILED memory");
        Assert.Equal(1, await table.Locator("tbody tr:visible").CountAsync());
        Assert.Equal("1 of 11", await page.Locator(".filter [role=status]", new() { HasTextString = "of 11" }).InnerTextAsync());
        await filter.FillAsync("");
    }

    private static async Task Faces(IPage page)
    {
        var cell = page.Locator("g.mark[role=button]:has(.cell)").First;
        string title = (await cell.GetAttributeAsync("aria-label"))!;
        await cell.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var panel = page.Locator(".panel", new() { HasTextString = title.Split(':')[0] });
        Assert.InRange(await panel.Locator("img").CountAsync(), 1, 3);
        Assert.True(await panel.Locator("img").First.EvaluateAsync<bool>("img => img.complete && img.naturalWidth === 48"));
        await panel.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        Assert.Equal(0, await panel.CountAsync());
    }

    private static async Task Trial(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Trial 3", Exact = true }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Region, new() { Name = "Trial 3", Exact = true });
        Assert.Equal(2, await panel.Locator("svg path.line").CountAsync());
        Assert.Equal(6, await panel.Locator("svg g.s2 circle").CountAsync());
        Assert.True(await page.Locator("figure g.mark.chosen[data-trial='3']").CountAsync() > 1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Trial 11", Exact = true }).ClickAsync();
        Assert.Contains("no curve", await page.GetByRole(AriaRole.Region, new() { Name = "Trial 11", Exact = true }).InnerTextAsync());
    }

    private static async Task Brush(IPage page)
    {
        var chart = page.Locator("figure[data-chart=parallel] svg");
        await chart.ScrollIntoViewIfNeededAsync();
        // The upper half of the last axis, accuracy.
        var box = (await chart.Locator(".grip").Last.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 1);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height / 2);
        await page.Mouse.UpAsync();
        int dim = await chart.Locator("g.mark.dim").CountAsync();
        Assert.InRange(dim, 3, 7);
        Assert.Equal(dim, await page.Locator("tr.dim").CountAsync());
        await page.Mouse.ClickAsync(box.X + box.Width / 2, box.Y + box.Height - 2);
        Assert.Equal(0, await chart.Locator("g.mark.dim").CountAsync());
    }

    private static async Task Threshold(IPage page)
    {
        var output = page.Locator(".slider output");
        Assert.Contains("From 0\u00A0% on: 100.0\u00A0% of the faces", await output.InnerTextAsync());
        await page.GetByLabel("Least confidence of an answer").FillAsync("60");
        Assert.StartsWith("From 60\u00A0% on:", await output.InnerTextAsync());
        Assert.DoesNotContain("100.0\u00A0% of the faces", await output.InnerTextAsync());
    }

    private static TrialReport[] Trials() =>
    [
        .. Enumerable.Range(1, 10).Select(i => new TrialReport
        {
            Number = i,
            State = i == 10 ? ReportTrialState.Best : ReportTrialState.Completed,
            Seconds = 10 + i,
            Score = 0.3 + 0.03 * i,
            ImagesPerSecond = 1000 - i,
            Epochs = ReportSamples.Epochs(3 + i),
            Settings = [new("LearningRate", i % 2 == 0 ? "0.1" : "0.01"), new("Optimizer", i < 6 ? "Sgd" : "AdamW")],
        }),
        new() { Number = 11, State = ReportTrialState.Failed, Seconds = 3, Remark = "out of memory" },
    ];
}
