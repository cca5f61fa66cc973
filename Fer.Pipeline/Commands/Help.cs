using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.CompilerServices;

namespace Fer.Pipeline.Commands;

/// <summary>The help page: System.CommandLine's, with examples below.</summary>
internal static class Help
{
    private static readonly ConditionalWeakTable<Command, IReadOnlyList<(string Arguments, string What)>> Examples = [];

    internal static void AddExamples(Command command, IReadOnlyList<(string Arguments, string What)> examples) => Examples.Add(command, examples);

    /// <summary>Puts the examples section behind the help of every command below <paramref name="root"/>.</summary>
    internal static void Attach(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            if (option.Action is HelpAction action)
                action.Builder.CustomizeLayout(_ => [.. HelpBuilder.Default.GetLayout(), WriteExamples]);
    }

    private static bool WriteExamples(HelpContext context)
    {
        if (context.Command is RootCommand)
        {
            context.Output.WriteLine("'fer COMMAND --help' shows a command's options and examples.");
            context.Output.WriteLine("In a clone, 'fer' is 'dotnet run --project Fer.Pipeline -c Release --'.");
            return true;
        }
        if (!Examples.TryGetValue(context.Command, out var examples) || examples.Count == 0) return false;
        context.Output.WriteLine("Examples:");
        foreach (var (arguments, what) in examples)
        {
            context.Output.WriteLine($"  fer {arguments}");
            context.Output.WriteLine($"      {what}");
        }
        return true;
    }
}
