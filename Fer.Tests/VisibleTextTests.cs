using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Tests;

public class VisibleTextTests
{
    [Theory]
    [InlineData("plain text, ümläute, 日本語, 😀, 👩\u200D💻", true)]
    [InlineData("\u001b[31m", false)]
    [InlineData("\u009b31m", false)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\u2066b", false)]
    [InlineData("a\u2028b", false)]
    [InlineData("a\u00ADb", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\nb", false)]
    public void Characters_that_act_instead_of_being_seen_are_replaced(string text, bool isClean)
    {
        Assert.Equal(isClean, VisibleText.IsLine(text));
        string shown = VisibleText.Line(text);
        Assert.Equal(isClean, shown == text);
        Assert.Equal(text.Length, shown.Length);
        Assert.True(VisibleText.IsLine(shown));
    }

    // Half a pair does not survive in an attribute.
    [Fact]
    public void Half_a_pair_is_replaced() => Assert.Equal("a\uFFFDb", VisibleText.Line("a" + (char)0xD800 + "b"));

    [Fact]
    public async Task A_command_writes_nothing_that_acts_on_a_terminal()
    {
        using var output = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, output);
        host.Output.WriteLine("file \u001b[2J.png: happy");
        host.Output.Write('\u001b');
        host.Error.Write("a\tb\n");
        await host.Error.WriteLineAsync("\u202Ereversed");
        host.Error.Write("x{0}", "\u0007");
        Assert.Equal("file \uFFFD[2J.png: happy\n\uFFFDa\tb\n\uFFFDreversed\nx\uFFFD", output.ToString());
    }
}
