using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Finds faces in pictures and videos and predicts their emotions.</summary>
internal sealed class PredictCommand : ICommand
{
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly DetectorOptions _detector = new(new FaceFinderOptions());
    private readonly Option<bool> _cropped = Values.Flag("--cropped", "Each picture is one cropped face: nothing is looked for");
    private readonly Option<FaceBox?> _crop = CropOption();
    private readonly Option<double?> _threshold =
        Values.Number("--threshold", "Least probability of an emotion that is named; below it a face is 'unsure'", 0, 1, @default: 0);
    private readonly Option<string?> _annotate = Values.Text("--annotate",
        "Writes copies with boxes and emotions: a PNG or video file for one picture or video, a folder for several", "PATH");
    private readonly Option<string?> _report = Values.Text("--report", "Writes an HTML report of a video's emotions over time", "FILE");
    private readonly Option<double?> _fps =
        Values.Number("--fps", "Frames a second of a video to look at (10; with --annotate the video's own)", 0, 240, above: true);
    private readonly Option<bool> _json = new("--json-lines", "--json")
    {
        Description = "One JSON line a picture, or a face and frame of a video",
        Arity = ArgumentArity.Zero,
    };
    private readonly Option<bool> _csv = Values.Flag("--csv", "Comma-separated values, a row a face");
    private readonly Option<int?> _threads = RunOptions.ThreadsOption();
    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Pictures (JPEG, PNG, WebP, GIF, BMP), folders of them, or a video",
        Arity = ArgumentArity.OneOrMore,
    };

    public string Name => "predict";

    public string Description => "Finds the faces in pictures or a video and predicts the emotion of each: a probability a class. " +
        "A broken picture is reported and the rest still done.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("predict photo.jpg", "the faces of a photo, by your newest model or the one that comes with FerMl"),
        ("predict --model artifacts/experiment/model.zip photo.jpg --annotate out.png", "by a certain model, and a copy with boxes"),
        ("predict --model model.zip photos/ more/photo.png --json-lines", "all pictures below a folder and one more, a JSON line each"),
        ("predict --model model.zip photos/ --csv --threshold 0.5", "a table; faces below one half are unsure"),
        ("predict --model model.zip --cropped faces/", "pictures that are cropped faces already"),
        ("predict --model model.zip film.mp4 --csv --report film.html --annotate boxes.mp4",
            "a video: a timeline, a report, and a copy with boxes"),
    ];

    public IEnumerable<Option> Options =>
        [_model, .. _detector.All, _cropped, _crop, _threshold, _annotate, _report, _fps, _json, _csv, _threads];

    public IEnumerable<Argument> Arguments => [_files];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_json) && result.GetValue(_csv))
            throw new FerUsageException("--json-lines and --csv are two ways to write the answer. Choose one.");
        int threads = result.GetValue(_threads) is > 0 and var wanted ? wanted : Environment.ProcessorCount;
        var (model, _) = ModelOption.Load(result, _model, host, threads);
        using var loaded = model;
        var format = result.GetValue(_json) ? AnswerFormat.JsonLines : result.GetValue(_csv) ? AnswerFormat.Csv : AnswerFormat.Text;
        bool detects = !result.GetValue(_cropped) && result.GetValue(_crop) is null;
        double threshold = result.GetValue(_threshold)!.Value;
        string? annotate = result.GetValue(_annotate) is { } path ? host.Resolve(path) : null;

        string[] given = result.GetRequiredValue(_files);
        // Of a GIF the first frame, unless something is asked for that only videos have.
        bool asFilm = result.GetValue(_report) is not null || result.GetValue(_fps) is not null ||
            (annotate is not null && (PictureFiles.IsVideo(annotate) || PictureFiles.IsGif(annotate)));
        if (given.Any(file => PictureFiles.IsVideo(file) || (asFilm && PictureFiles.IsGif(file))))
        {
            if (given.Length > 1) throw new FerUsageException("A video is predicted on its own. Give each one its own command.");
            var video = new VideoPrediction(host, model, format, threshold)
            {
                NewFinder = () => detects ? FaceFinder.Load(_detector.Read(result, FaceFinderOptions.Live), threads) : null,
                Frame = result.GetValue(_crop),
                FramesASecond = result.GetValue(_fps),
                Annotate = annotate,
                Report = result.GetValue(_report) is { } report ? host.Resolve(report) : null,
            };
            video.Run(host.Resolve(given[0]), cancellationToken);
            return Task.FromResult(ExitCode.Done);
        }
        if (result.GetValue(_report) is not null || result.GetValue(_fps) is not null)
            throw new FerUsageException("--report and --fps are for videos; no video was given.");
        var (files, broken) = PictureFiles.Expand(given, host);
        int workers = Math.Clamp(files.Count, 1, threads);
        var options = _detector.Read(result, new FaceFinderOptions());
        using var pictures = new PicturePredictor(
            model, () => detects ? FaceFinder.Load(options, workers > 1 ? 1 : threads) : null, result.GetValue(_crop))
        {
            Afterwards = annotate is null ? null : Annotator(annotate, files, threshold),
        };
        var writer = new PictureResultWriter(host.Output, format, model.ClassNames, threshold);
        int done = 0, failed = 0, without = 0;
        foreach (var answer in broken.Concat(pictures.Predict(files, file => host.Shorten(file), workers, cancellationToken)))
        {
            // Broken pictures go to the error stream, and for programs into the answer as well.
            if (answer.Error is null) done++;
            else failed++;
            if (answer is { Error: null, Faces.Count: 0 }) without++;
            if (answer.Error is not null) host.Error.WriteLine(answer.Error);
            writer.Write(answer);
        }
        if (without > 0)
        {
            string count = without == 1 ? "1 picture" : $"{without} pictures";
            host.Error.WriteLine($"No face was found in {count}; --cropped takes a picture for one cropped face.");
        }
        if (failed > 0) host.Error.WriteLine($"{done} pictures done, {failed} could not be read.");
        return Task.FromResult(failed > 0 ? ExitCode.Failed : ExitCode.Done);
    }

    /// <summary>Draws into a copy: the file itself for one picture, files of the same names below a folder for several.</summary>
    private static Action<RgbImage, PictureFile, PictureResult> Annotator(string path, IReadOnlyList<PictureFile> files, double threshold)
    {
        bool isFile = path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);
        if (isFile && files.Count > 1)
            throw new FerUsageException($"{files.Count} pictures cannot be drawn into one file. Name a folder: --annotate FOLDER.");
        return (image, file, answer) =>
        {
            foreach (var face in answer.Faces)
                FaceAnnotator.Draw(image, face.Box, face.Prediction, FaceAnnotator.Label(face.Prediction, threshold));
            PngEncoder.Save(image, isFile ? path : Path.Combine(path, file.Below + ".png"));
        };
    }

    private static Option<FaceBox?> CropOption() => Values.Custom<FaceBox?>(
        "--crop", "Takes this part of each picture for the face, in pixels: nothing is looked for", null, (text, result) =>
        {
            float[] numbers = [.. text.Split(',').Select(Number)];
            if (numbers is [>= 0, >= 0, > 0, > 0]) return new FaceBox(numbers[0], numbers[1], numbers[2], numbers[3]);
            result.AddError($"'{text}' is no value of --crop: it takes left, top, width and height in pixels, as in 120,80,200,200.");
            return null;
        }, "X,Y,WIDTH,HEIGHT");

    /// <summary>The number, or -1 where it is none.</summary>
    private static float Number(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) ? number : -1;
}
