using Fer.Commands;
using Fer.Shell;

namespace Fer;

internal static class Program
{
    internal static IReadOnlyList<ICommand> Commands { get; } =
    [
        new ExperimentCommand(),
        new TrainCommand(),
        new ReproduceCommand(),
        new EvaluateCommand(),
        new CompareCommand(),
        new ReportCommand(),
        new PredictCommand(),
        new ServeCommand(),
        new HealthCommand(),
        new DataCommand(),
        new BackboneCommand(),
        new OnnxCommand(),
        new ExportCommand(),
        new NewCommand(),
        new BenchCommand(),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        var host = CommandHost.FromConsole();
        using var stop = new StopKeys(host.Error);
        return await CommandLineProgram.RunAsync(arguments, host with { Signals = stop }, Commands, stop.Token).ConfigureAwait(false);
    }
}
