using System.CommandLine;

namespace Fer.Shell;

/// <summary>Finds what is allowed on the command line but hardly meant.</summary>
internal static class UsageWarnings
{
    /// <summary>The warnings, a sentence or two each.</summary>
    /// <param name="result">The command.</param>
    /// <param name="processors">Processors of this machine.</param>
    internal static IEnumerable<string> Find(ParseResult result, int processors)
    {
        var threads = result.CommandResult.Command.Options.OfType<Option<int?>>().FirstOrDefault(o => o.Name == "--threads");
        if (threads is not null && result.GetValue(threads) is { } count && count > processors)
            yield return $"--threads {count} is more than the {processors} processor{(processors == 1 ? "" : "s")} of this machine: the " +
                "results are those of so many threads, and they take longer. Leave it out to use one a processor.";
    }
}
