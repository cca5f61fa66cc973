using Fer.Notebooks;

namespace Fer.Tests.Notebooks;

public class NotebookPageTests
{
    [Theory]
    [InlineData("a *b* **c** `d*e*`", "<p>a <em>b</em> <strong>c</strong> <code>d*e*</code></p>\n")]
    [InlineData("## Two\ntext", "<h2>Two</h2>\n<p>text</p>\n")]
    [InlineData("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n")]
    [InlineData("1. a\n   - b", "<ol>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>\n")]
    [InlineData("[x](javascript:alert(1))", "<p><a href=\"\">x</a></p>\n")]
    [InlineData("[x](data:text/html,y)", "<p><a href=\"\">x</a></p>\n")]
    [InlineData("[x](02-train.ipynb)", "<p><a href=\"02-train.ipynb\">x</a></p>\n")]
    [InlineData("[x](https://arxiv.org/abs/1911.00068)", "<p><a href=\"https://arxiv.org/abs/1911.00068\">x</a></p>\n")]
    [InlineData("<b>", "<p>&lt;b&gt;</p>\n")]
    public void Markdown_becomes_html(string markdown, string html) => Assert.Equal(html, MarkdownHtml.Convert(markdown));

    [Fact]
    public void A_table_in_Markdown_becomes_one_in_html() =>
        Assert.Contains("<td>1</td>", MarkdownHtml.Convert("| a |\n| --- |\n| 1 |"), StringComparison.Ordinal);

    [Fact]
    public void Code_is_coloured_and_escaped()
    {
        string html = CodeHtml.Convert("#r \"a.dll\"\nvar list = new List<int> { 1 }; // <why>\nConsole.Write(\"<b>\");");
        Assert.Contains("<span class=\"k\">new</span>", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"c\">// &lt;why&gt;</span>", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"s\">&quot;&lt;b&gt;&quot;</span>", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"n\">1</span>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CellOutput.Html, "<svg><image href=\"data:image/png;base64,AAAA\"/></svg>", true)]
    [InlineData(CellOutput.Html, "<IMG src='face.jpg'>", true)]
    [InlineData(CellOutput.Html, "<p style=\"background:url( data: image/jpeg;base64,AAAA)\">", true)]
    [InlineData("image/png", "AAAA", true)]
    [InlineData(CellOutput.Svg, "<svg><rect width=\"3\"/></svg>", false)]
    [InlineData(CellOutput.Html, "<table><tr><td>an image</td></tr></table>", false)]
    public void Pictures_are_known_in_every_form(string type, string content, bool expected)
    {
        var output = new CellOutput("display_data", new Dictionary<string, string> { [type] = content });
        Assert.Equal(expected, Pictures.IsPicture(output));
        var saved = Assert.Single(Pictures.Strip([output]));
        if (expected) Assert.Contains("not saved with the notebook", saved.Forms[CellOutput.Html], StringComparison.Ordinal);
        else Assert.Same(output, saved);
    }
}
