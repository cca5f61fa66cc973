using System.Globalization;

namespace Fer.Pipeline.Reports;

/// <summary>
/// A self-contained HTML page: inline style, no network, and a script that it works without. Sections are added in order and the
/// table of contents is made from them. The page is also well-formed XML, which tests rely on.
/// </summary>
internal sealed class ReportDocument(string title)
{
    private readonly List<(string Id, string Heading, string Body)> _sections = [];

    /// <summary>The charts of all sections, in order.</summary>
    internal List<Chart> Charts { get; } = [];

    /// <summary>The content under the title.</summary>
    internal Action<ReportSection>? Lead { get; init; }

    /// <summary>Adds a section; one that writes nothing is left out.</summary>
    internal void Add(string heading, Action<ReportSection> write)
    {
        string id = "section-" + (_sections.Count + 1).ToString(CultureInfo.InvariantCulture);
        string body = Body(write);
        if (body.Length > 0) _sections.Add((id, heading, body));
    }

    internal string ToHtml()
    {
        var page = new Markup();
        page.Raw("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Line().Open("head").Line();
        page.Empty("meta", ("charset", "utf-8")).Line();
        page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1")).Line();
        page.Empty("meta", ("name", "color-scheme"), ("content", "light dark")).Line();
        // Nothing is loaded and nothing else runs, whatever a name in the data contains.
        page.Empty("meta", ("http-equiv", "Content-Security-Policy"),
            ("content", $"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {ReportScript.Source}")).Line();
        page.Element("title", title).Line();
        page.Open("style").Raw("\n" + ChartStyle.Css + PageStyle.Css).Close().Line().Close().Line();
        page.Open("body").Line().Open("header").Line().Element("h1", title).Line();
        if (Lead is not null) page.Raw(Body(Lead));
        page.Close().Line().Open("nav", ("aria-label", "Contents")).Open("ul");
        foreach (var (id, heading, _) in _sections) page.Open("li").Element("a", heading, ("href", "#" + id)).Close();
        page.Close().Close().Line().Open("main").Line();
        foreach (var (id, heading, body) in _sections)
        {
            page.Open("section", ("id", id), ("aria-labelledby", id + "-heading")).Line();
            page.Element("h2", heading, ("id", id + "-heading")).Line().Raw(body).Close().Line();
        }
        page.Close().Line().Open("footer").Element("p", "Written by FerMl. Intervals are 95 % confidence intervals.").Close().Line();
        page.Open("script").Raw(ReportScript.Text).Close().Line();
        return page.Close().Line().Close().Line().ToString();
    }

    private string Body(Action<ReportSection> write)
    {
        var markup = new Markup();
        write(new ReportSection(markup, Charts));
        return markup.ToString();
    }
}
