using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Fer.Shell;

/// <summary>The help page: System.CommandLine's, with examples below.</summary>
internal sealed class Help(SynchronousCommandLineAction page, ProgramText program) : SynchronousCommandLineAction
{
    private static readonly ConditionalWeakTable<Command, IReadOnlyList<(string Arguments, string What)>> Examples = [];

    public override bool ClearsParseErrors => true;

    internal static void AddExamples(Command command, IReadOnlyList<(string Arguments, string What)> examples) =>
        Examples.Add(command, examples);

    /// <summary>Puts the examples below the help of <paramref name="root"/> and of every command in it.</summary>
    internal static void Attach(RootCommand root, ProgramText program)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            if (option.Action is SynchronousCommandLineAction page) option.Action = new Help(page, program);
    }

    public override int Invoke(ParseResult parseResult)
    {
        int code = page.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command;
        if (command is RootCommand)
        {
            output.WriteLine($"'{program.Name} COMMAND --help' shows a command's options and examples.");
            if (program.Name == ProgramText.Fer.Name)
                output.WriteLine("In a clone, './fer' at the top level ('fer' on Windows) builds and runs this program.");
            else if (program.Project == ProgramText.Fer.Project && program.Name.StartsWith("dotnet ", StringComparison.Ordinal))
                output.WriteLine("'./fer' at the top level ('fer' on Windows) is the same, and shorter.");
        }
        else if (Examples.TryGetValue(command, out var examples))
        {
            output.WriteLine("Examples:");
            foreach (var (arguments, what) in examples)
            {
                output.WriteLine($"  {program.Name} {arguments}");
                output.WriteLine($"      {what}");
            }
        }
        return code;
    }
}
