using System.Xml.Linq;
using Fer.Pipeline.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Reports;

public class MarkupTests
{
    [Fact]
    public void Any_text_stays_text() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        string value = text ?? "";
        string written = new Markup().Open("a", ("b", value)).Text(value).Close().ToString();
        var read = XElement.Parse(written, LoadOptions.PreserveWhitespace);
        Assert.Empty(read.Elements());
        string expected = string.Concat(
            value.Select(c => char.IsControl(c) && c is not ('\n' or '\t') || char.IsSurrogate(c) || c >= '\uFFFE' ? '\uFFFD' : c));
        Assert.Equal(expected, read.Value);
        Assert.Equal(expected.Replace('\n', ' ').Replace('\t', ' '), read.Attribute("b")!.Value);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Pairs_of_surrogates_stay_and_halves_are_replaced() =>
        Assert.Equal("<p>😀\uFFFD</p>", new Markup().Element("p", "😀\uD83D").ToString());

    [Fact]
    public void Attributes_that_are_null_are_left_out_and_numbers_are_short() =>
        Assert.Equal("""<c x="1.23" n="7"/>""", new Markup().Empty("c", ("x", 1.2345), ("y", null), ("n", 7)).ToString());

    [Fact]
    public void An_element_left_open_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => new Markup().Open("p").ToString());
}
