using System.CommandLine;
using Fer.Pipeline.Networks;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The option for memory that a model may need.</summary>
internal static class ModelMemory
{
    internal static Option<int?> Create() => Values.Whole("--max-model-megabytes",
        "Memory that reading and running a model may take (384 and twelve times its file where not given); for files that you trust",
        1, 1_000_000);

    /// <summary>The limits with that option.</summary>
    internal static OnnxReadLimits LimitsOf(ParseResult result, Option<int?> option) =>
        new() { MaxMemoryBytes = result.GetValue(option) * (1L << 20) };
}
