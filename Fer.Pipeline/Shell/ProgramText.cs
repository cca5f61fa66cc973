namespace Fer.Shell;

/// <summary>What the help of a command line program says about the program.</summary>
/// <param name="Name">What the user types.</param>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="Project">The project that holds it.</param>
internal sealed record ProgramText(string Name, string Description, string Project)
{
    internal static ProgramText Fer { get; } =
        new("fer", "Trains, compares and serves classifiers of facial emotion on FER2013.", "Fer.Pipeline");
}
