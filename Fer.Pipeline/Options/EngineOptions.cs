using System.CommandLine;
using Fer.Shell;

namespace Fer.Options;

/// <summary>Options of the engine that several commands have.</summary>
internal static class EngineOptions
{
    internal static Option<bool> Direct() =>
        Values.Flag("--direct", "Sums 3x3 convolutions directly instead of by Winograd's minimal filtering: slower, rounds a little less");
}
