using Fer.Notebooks;
using Fer.Pipeline.Reports;
using Fer.Tests.Evaluation;
using Fer.Tests.Reports;

namespace Fer.Tests.Browser;

/// <summary>Reports and notebooks in a real browser: nothing in the console, nothing cut off, contrast and names by WCAG AA.</summary>
public sealed class PageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pages_are_accessible_fit_the_screen_and_write_no_errors()
    {
        Assert.SkipWhen(PageCheck.Missing is not null, PageCheck.Missing ?? "");
        // Reports at both widths and in both schemes, two of the four; of the notebooks, whose charts are the reports', one at each.
        var pages = new List<(string Path, int Width, bool Dark)>();
        foreach (string report in (string[])[_folder.Write("report.html", ReportSamples.Html()),
            _folder.Write("compare.html", ComparisonReport.ToHtml(Comparison()))])
            pages.AddRange([(report, 1280, false), (report, 375, true)]);
        pages.AddRange([(Notebook("01-explore"), 1280, false), (Notebook("03-evaluate"), 375, true)]);
        var problems = new List<string>();
        await using var chromium = await Chromium.StartAsync();
        foreach (var (page, width, dark) in pages)
        {
            string name = $"{Path.GetFileName(page)} at {width}, {(dark ? "dark" : "light")}: ";
            problems.AddRange((await PageCheck.ProblemsAsync(chromium, page, width, dark)).Select(one => name + one));
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));

        string Notebook(string name) => _folder.Write(name + ".html", NotebookPage.ToHtml(
            Fer.Notebooks.Notebook.Load(Path.Combine(TestPaths.Root, "Fer.Notebooks", name + ".ipynb"))));
    }

    private static ComparisonReportData Comparison()
    {
        var (a, b) = (RandomPredictions.Make(1, 200, 5), RandomPredictions.Make(2, 200, 5));
        return new()
        {
            Title = "a against b",
            FirstName = "a.zip",
            SecondName = "b.zip",
            Comparison = Fer.Pipeline.Evaluation.ModelComparison.Compute(a.Probabilities, b.Probabilities, a.Labels, a.Names),
            Facts = [("architecture", "FerNet", "FerNet")],
        };
    }
}
