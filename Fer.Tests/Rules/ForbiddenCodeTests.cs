using System.Text.RegularExpressions;

namespace Fer.Tests.Rules;

public class ForbiddenCodeTests
{
    [Theory]
    [InlineData(@"\bnew Random\(|\bRandom\.Shared\b|\bSystem\.Random\b", "RandomStream, whose numbers belong to a seed for good")]
    [InlineData(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bDateTime\.Today\b|\bEnvironment\.TickCount", "an injected TimeProvider")]
    [InlineData(@"\bThread\.Sleep\(", "a wait that can be cancelled, on an injected TimeProvider")]
    [InlineData(@"\bGuid\.NewGuid\(", "a name made from the seed or the content")]
    [InlineData(@"\bNotImplementedException\b", "the implementation")]
    [InlineData(@"^\s*#pragma\b|\[(assembly: )?SuppressMessage\b", "code without the warning")]
    [InlineData(@"\b(TODO|FIXME|HACK|XXX)\b", "the work itself")]
    [InlineData(@"\bConsole\.(Write|WriteLine|Error|Out)\b", "the CommandHost's writers")]
    public void Library_does_not_use(string pattern, string insteadUse)
    {
        // The real console enters at one place.
        var found = Hits("Fer.Pipeline", pattern, except: "Fer.Pipeline/Shell/CommandHost.cs").ToArray();
        Assert.True(found.Length == 0, $"Use {insteadUse}:\n{string.Join('\n', found)}");
    }

    [Theory]
    [InlineData(@"\bnew Random\(|\bRandom\.Shared\b", "RandomStream, so that a failure repeats")]
    [InlineData(@"\[(Fact|Theory)\([^)]*\bSkip\s*=", "Assert.SkipUnless with the condition")]
    [InlineData(@"^\s*#pragma\b", "code without the warning")]
    [InlineData(@"\bAssert\.True\(true\)", "a check that can fail")]
    public void Tests_do_not_use(string pattern, string insteadUse)
    {
        var found = Hits("Fer.Tests", pattern, except: "Fer.Tests/Rules/ForbiddenCodeTests.cs").ToArray();
        Assert.True(found.Length == 0, $"Use {insteadUse}:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void No_source_file_is_longer_than_400_lines()
    {
        var found = Repository.Files("", ".cs").Select(f => (f.Path, Lines: f.Text.AsSpan().Count('\n'))).Where(f => f.Lines > 400);
        Assert.Empty(found);
    }

    [Fact]
    public void No_line_of_code_is_longer_than_140_columns()
    {
        var found = from file in Repository.Files("", ".cs")
                    from line in file.Text.Split('\n').Select((text, index) => (Text: text, Number: index + 1))
                    where line.Text.Length > 140
                    select $"{file.Path}:{line.Number}";
        Assert.Empty(found);
    }

    [Fact]
    public void Source_files_end_lines_with_a_line_feed_and_carry_no_byte_order_mark()
    {
        var found = Repository.Files("", ".cs", ".csproj", ".props", ".md", ".json", ".py")
            // A lock is written by the restore.
            .Where(f => !f.Path.EndsWith(".lock.json", StringComparison.Ordinal))
            .Where(f => f.Text.Contains('\r') || f.Text.StartsWith('\uFEFF') || (f.Text.Length > 0 && !f.Text.EndsWith('\n')))
            .Select(f => f.Path);
        Assert.Empty(found);
    }

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on()
    {
        // Written in parts, or this file would find itself.
        string[] folders = ["wo" + "rk", "ho" + "me", "ro" + "ot", "Us" + "ers"];
        string pattern = $@"(?<![\w.~/-])/({string.Join('|', folders)})/";
        Assert.Empty(Hits("", pattern));
    }

    [Fact]
    public void No_file_names_where_packages_come_from()
    {
        string[] words = ["nu" + "get.org", "npm" + "js", "regis" + "try", "regis" + "tries"];
        Assert.Empty(Hits("", $@"(?i)\b({string.Join('|', words.Select(Regex.Escape))})\b"));
    }

    private static IEnumerable<string> Hits(string folder, string pattern, string? except = null)
    {
        var regex = new Regex(pattern, RegexOptions.Multiline | RegexOptions.CultureInvariant);
        // A lock is written by npm or by the restore, and names packages as they are called.
        return from file in Repository.Files(folder, folder.Length > 0 ? [".cs"]
            : [".cs", ".csproj", ".props", ".md", ".json", ".py", ".sln", ".js", ".mjs", ""])
               where file.Path != except && !file.Path.EndsWith("package-lock.json", StringComparison.Ordinal)
                   && !file.Path.EndsWith(".lock.json", StringComparison.Ordinal)
               // An example in a doc comment is no code; blank lines keep the line numbers right.
               let code = file.Path.EndsWith(".cs", StringComparison.Ordinal) && folder.Length > 0
                   ? Regex.Replace(file.Text, @"^[ \t]*///.*$", "", RegexOptions.Multiline) : file.Text
               from Match match in regex.Matches(code)
               select $"{file.Path}:{Repository.LineOf(code, match.Index)}: {match.Value.Trim()}";
    }
}
