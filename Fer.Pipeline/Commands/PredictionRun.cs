using Fer.Output;
using Fer.Pipeline;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Predicts files in their order, pictures that follow each other several at a time, and counts what became of them.</summary>
/// <param name="host">Where notes go.</param>
/// <param name="inputs">The files.</param>
/// <param name="pictures">Predicts pictures.</param>
/// <param name="videos">Predicts videos.</param>
internal sealed class PredictionRun(CommandHost host, InputFiles inputs, PicturePredictor pictures, VideoPrediction videos)
{
    private int _done, _failed, _without;

    /// <summary>Writes the answers of pictures, and of what is broken; null where the format has no place for them.</summary>
    internal required PictureResultWriter? Writer { get; init; }

    /// <summary>Pictures at a time.</summary>
    internal required int Workers { get; init; }

    /// <summary>Where copies go, or null.</summary>
    internal string? Annotate { get; init; }

    /// <summary>Where videos' reports go, or null.</summary>
    internal string? Report { get; init; }

    /// <summary>Predicts all of them.</summary>
    /// <returns>The exit code.</returns>
    internal int Run(CancellationToken cancellationToken)
    {
        foreach (var answer in inputs.Broken) Tell(answer);
        for (int at = 0; at < inputs.Files.Count;)
        {
            int end = at;
            while (end < inputs.Files.Count && !inputs.Files[end].IsVideo) end++;
            foreach (var answer in pictures.Predict([.. inputs.Files.Skip(at).Take(end - at)], Workers, cancellationToken)) Tell(answer);
            if (end < inputs.Files.Count) RunVideo(inputs.Files[end], cancellationToken);
            at = end + 1;
        }
        if (_without > 0)
        {
            string count = _without == 1 ? "1 picture" : $"{_without} pictures";
            host.Error.WriteLine($"No face was found in {count}; --cropped takes a picture for one cropped face.");
        }
        if (_failed > 0 && inputs.Table != FaceTableKind.Video)
        {
            string what = inputs.Table == FaceTableKind.Pictures ? "picture" : "file";
            host.Error.WriteLine($"{_done} {what}{(_done == 1 ? "" : "s")} done, {_failed} could not be read.");
        }
        return _failed > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private void RunVideo(InputFile file, CancellationToken cancellationToken)
    {
        try
        {
            string? missing = videos.Run(
                file, Place(Annotate, file.Below + ".mp4"), Place(Report, file.Below + ".html"), cancellationToken);
            if (missing is null) _done++;
            else Tell(new PictureResult(file.Name, 0, 0, [], $"{file.Name}: {missing}."));
        }
        catch (FerException e) when (e is not FerUsageException)
        {
            Tell(new PictureResult(file.Name, 0, 0, [], e.Message));
        }
    }

    // A file for the only one, a folder for several; for the only one of a folder, what the path looks like.
    private string? Place(string? path, string below) =>
        path is null || inputs.IsOne || (inputs.Files.Count == 1 && Path.HasExtension(path)) ? path : Path.Combine(path, below);

    private void Tell(PictureResult answer)
    {
        // What is broken goes to the error stream, and for programs into the answer as well.
        if (answer.Error is null) _done++;
        else
        {
            _failed++;
            host.Error.WriteLine(answer.Error);
        }
        if (answer is { Error: null, Faces.Count: 0 }) _without++;
        Writer?.Write(answer);
    }
}
