using System.Runtime.InteropServices;
using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Models;

/// <summary>The kind of machine a model was trained on, because floating-point results differ between vector widths. Names no host and no
/// user.</summary>
public sealed record ModelMachine
{
    /// <summary>For instance <c>linux</c>.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>For instance <c>x64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Logical processors.</summary>
    public required int Cores { get; init; }

    /// <summary>The vector width of the engine (<see cref="InstructionSet"/>), for instance <c>Vector512</c>.</summary>
    public required string VectorIsa { get; init; }

    /// <summary>This machine.</summary>
    public static ModelMachine Current { get; } = new()
    {
        OperatingSystem = System.OperatingSystem.IsWindows() ? "windows"
            : System.OperatingSystem.IsMacOS() ? "macos"
            : System.OperatingSystem.IsLinux() ? "linux"
            : "other",
        Architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        Cores = Environment.ProcessorCount,
        VectorIsa = InstructionSets.Best.ToString(),
    };
}
