using System.CommandLine;

namespace Fer.Pipeline.Commands;

/// <summary>The option that names a model.</summary>
internal static class ModelOption
{
    internal static Option<string> Create() => new("--model")
    {
        Description = "The model zip, as 'experiment' and 'train' leave it",
        HelpName = "FILE",
        Required = true,
    };
}
