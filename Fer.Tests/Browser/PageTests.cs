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
        string[] pages =
        [
            _folder.Write("report.html", ReportSamples.Html()),
            _folder.Write("compare.html", ComparisonReport.ToHtml(Comparison())),
            .. Directory.EnumerateFiles(Path.Combine(TestPaths.Root, "Fer.Notebooks"), "*.ipynb").Order(StringComparer.Ordinal)
                .Select(path => _folder.Write(Path.GetFileNameWithoutExtension(path) + ".html", NotebookPage.ToHtml(Notebook.Load(path)))),
        ];
        var problems = new List<string>();
        await using var chromium = await Chromium.StartAsync();
        foreach (string page in pages)
            // Each page in both widths and both schemes, two of the four.
            foreach (var (width, scheme) in ((int, string)[])[(1280, "light"), (375, "dark")])
            {
                string name = $"{Path.GetFileName(page)} at {width}, {scheme}: ";
                problems.AddRange((await PageCheck.ProblemsAsync(chromium, page, width, dark: scheme == "dark")).Select(one => name + one));
            }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
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
