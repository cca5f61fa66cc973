using System.CommandLine;
using Fer.Options;
using Fer.Pipeline.Models;
using Fer.Shell;
using Fer.Templates;

namespace Fer.Commands;

/// <summary>Writes a C# project that loads a model zip by ML.NET and classifies pictures.</summary>
internal sealed class NewConsumerCommand : ICommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The project's folder, new or empty; its last part names it" };
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<int?> _megabytes = ModelMemory.Create();

    internal static IReadOnlyList<(string Arguments, string What)> Shown { get; } =
    [
        ("new consumer Faces --model artifacts/first/model.zip", "a C# project in the folder Faces that classifies pictures by ML.NET"),
    ];

    public string Name => "consumer";

    public string Description =>
        "Writes a small C# project that loads a model zip by ML.NET's packages alone and classifies pictures of cropped faces.";

    public IReadOnlyList<(string Arguments, string What)> Examples => Shown;

    public IEnumerable<Option> Options => [_model, _megabytes];

    public IEnumerable<Argument> Arguments => [_name];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        string folder = host.Resolve(result.GetRequiredValue(_name)), zip = ModelOption.PathOf(result, _model, host);
        using var model = FerModel.Load(zip, threads: 1, ModelMemory.LimitsOf(result, _megabytes));
        var files = ConsumerProject.Write(folder, model, zip);
        string shown = host.Shorten(folder);
        host.Output.WriteLine($"{shown}: {string.Join(", ", files)}");
        host.Output.WriteLine($"Go on with: dotnet run --project {shown} -- FACE.jpg");
        return Task.FromResult(ExitCode.Done);
    }
}
