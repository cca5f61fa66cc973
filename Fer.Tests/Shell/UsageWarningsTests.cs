using System.CommandLine;
using Fer.Options;
using Fer.Shell;

namespace Fer.Tests.Shell;

public class UsageWarningsTests
{
    [Theory]
    [InlineData("--threads 64", 2, "more than the 2 processors")]
    [InlineData("--threads 2", 1, "more than the 1 processor of")]
    [InlineData("--threads 2", 2, null)]
    [InlineData("--threads 0", 2, null)]
    [InlineData("", 2, null)]
    public void More_threads_than_processors_are_warned_of(string arguments, int processors, string? words)
    {
        var command = new RootCommand { RunOptions.ThreadsOption() };
        string[] warnings = [.. UsageWarnings.Find(command.Parse(arguments), processors)];
        if (words is null) Assert.Empty(warnings);
        else Assert.Contains(words, Assert.Single(warnings));
    }
}
