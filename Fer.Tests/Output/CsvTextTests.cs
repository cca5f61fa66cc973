using Fer.Output;

namespace Fer.Tests.Output;

public class CsvTextTests
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://evil\").jpg", "\"'=HYPERLINK(\"\"http://evil\"\").jpg\"")]
    [InlineData("+1+cmd.png", "'+1+cmd.png")]
    [InlineData("-2-3.png", "'-2-3.png")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("-0.25", "-0.25")]
    [InlineData("+7", "+7")]
    [InlineData("a=b.jpg", "a=b.jpg")]
    [InlineData("a,b.jpg", "\"a,b.jpg\"")]
    [InlineData("", "")]
    public void What_a_spreadsheet_would_run_is_text(string value, string cell) => Assert.Equal(cell, CsvText.Row([value]));
}
