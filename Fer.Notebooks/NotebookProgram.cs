using Fer.Shell;

namespace Fer.Notebooks;

internal static class NotebookProgram
{
    internal static ProgramText Text { get; } = new("notebooks",
        "Runs the project's C# notebooks without an editor, checks them and renders them as pages.", "Fer.Notebooks");

    internal static IReadOnlyList<ICommand> Commands { get; } =
        [new InstallCommand(), new RunCommand(), new StripCommand(), new HtmlCommand()];

    private static async Task<int> Main(string[] arguments)
    {
        var host = CommandHost.FromConsole();
        using var stop = new StopKeys(host.Error);
        return await CommandLineProgram.RunAsync(arguments, host, Commands, stop.Token, Text).ConfigureAwait(false);
    }
}
