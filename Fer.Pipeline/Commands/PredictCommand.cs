using System.CommandLine;
using System.Globalization;
using Fer.Options;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Pipeline.Video;
using Fer.Shell;

namespace Fer.Commands;

/// <summary>Finds faces in pictures and videos and predicts their emotions.</summary>
internal sealed class PredictCommand : ICommand
{
    private readonly Option<string?> _model = ModelOption.Create(orOnnx: true);
    private readonly OnnxModelOptions _onnx = new();
    private readonly DetectorOptions _detector = new(new FaceFinderOptions());
    private readonly Option<bool> _cropped = Values.Flag("--cropped", "Each picture is one cropped face: nothing is looked for");
    private readonly Option<FaceBox?> _crop = CropOption();
    private readonly Option<double?> _threshold =
        Values.Number("--threshold", "Least probability of an emotion that is named; below it a face is 'unsure'", 0, 1, @default: 0);
    private readonly Option<string?> _annotate = Values.Text("--annotate",
        "Writes copies with boxes and emotions: a PNG or video file for one picture or video, a folder for several", "PATH");
    private readonly Option<string?> _report = Values.Text("--report",
        "Writes an HTML report of a video's emotions over time: a file for one video, a folder for several", "PATH");
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
        Description = "Pictures (JPEG, PNG, WebP, GIF, BMP), videos, folders of them, or - for a picture on standard input",
        Arity = ArgumentArity.OneOrMore,
    };

    public string Name => "predict";

    public string Description => "Finds the faces in pictures or a video and predicts the emotion of each: a probability a class. " +
        "What is broken is reported and the rest still done.";

    public IReadOnlyList<(string Arguments, string What)> Examples { get; } =
    [
        ("predict photo.jpg", "the faces of a photo, by your newest model or the one that comes with FerMl"),
        ("predict --model artifacts/experiment/model.zip photo.jpg --annotate out.png", "by a certain model, and a copy with boxes"),
        ("predict --model model.zip photos/ more/photo.png --json-lines", "all pictures below a folder and one more, a JSON line each"),
        ("predict --model model.zip photos/ --csv --threshold 0.5", "a table; faces below one half are unsure"),
        ("predict --model model.zip --cropped faces/", "pictures that are cropped faces already"),
        ("predict --model model.zip film.mp4 --csv --report film.html --annotate boxes.mp4",
            "a video: a timeline, a report, and a copy with boxes"),
        ("predict --model model.zip films/ --json-lines --report reports", "all videos and pictures below a folder"),
        ("predict -", "a picture on standard input: curl -s https://example.org/photo.jpg | fer predict -"),
    ];

    public IEnumerable<Option> Options =>
        [_model, .. _onnx.All, .. _detector.All, _cropped, _crop, _threshold, _annotate, _report, _fps, _json, _csv, _threads];

    public IEnumerable<Argument> Arguments => [_files];

    public Task<int> RunAsync(ParseResult result, CommandHost host, CancellationToken cancellationToken)
    {
        if (result.GetValue(_json) && result.GetValue(_csv))
            throw new FerUsageException("--json-lines and --csv are two ways to write the answer. Choose one.");
        int threads = result.GetValue(_threads) is > 0 and var wanted ? wanted : Environment.ProcessorCount;
        var format = result.GetValue(_json) ? AnswerFormat.JsonLines : result.GetValue(_csv) ? AnswerFormat.Csv : AnswerFormat.Text;
        bool detects = !result.GetValue(_cropped) && result.GetValue(_crop) is null;
        double threshold = result.GetValue(_threshold)!.Value;
        string? annotate = result.GetValue(_annotate) is { } path ? host.Resolve(path) : null;

        // Of a GIF the first frame, unless something is asked for that only videos have.
        bool gifsAreVideos = result.GetValue(_report) is not null || result.GetValue(_fps) is not null ||
            (annotate is not null && (VideoKind.IsNamed(annotate) || annotate.EndsWith(".gif", StringComparison.OrdinalIgnoreCase)));
        var inputs = InputFiles.Of(result.GetRequiredValue(_files), host, gifsAreVideos);
        string? report = result.GetValue(_report) is { } place ? host.Resolve(place) : null;
        CheckOutputs(inputs, annotate, report, result.GetValue(_fps) is not null);

        int count = inputs.Files.Count(file => !file.IsVideo), workers = Math.Clamp(count, 1, threads);
        var options = _detector.Read(result, new FaceFinderOptions());
        using var reader = new PictureReader(host.Input, detects ? () => FaceFinder.Load(options, workers > 1 ? 1 : threads) : null);
        // Of one picture's time most is reading networks, so they are read side by side.
        if (inputs.Files.FirstOrDefault(file => !file.IsVideo) is { } first) reader.Begin(first);
        var (model, _) = ModelOption.Load(result, _model, _onnx, host, threads);
        using var loaded = model;
        var table = new FaceTable(host.Output, inputs.Table, model.ClassNames);
        var pictures = new PicturePredictor(model, reader, result.GetValue(_crop))
        {
            Afterwards = annotate is null ? null : Annotator(annotate, threshold),
        };
        var videos = new VideoPrediction(host, model, format, table, threshold)
        {
            NewFinder = () => detects ? FaceFinder.Load(_detector.Read(result, FaceFinderOptions.Live), threads) : null,
            Frame = result.GetValue(_crop),
            FramesASecond = result.GetValue(_fps),
            IsOne = inputs.IsOne,
        };
        var run = new PredictionRun(host, inputs, pictures, videos)
        {
            Writer = format == AnswerFormat.Csv && inputs.Table == FaceTableKind.Video
                ? null
                : new PictureResultWriter(host.Output, format, table, threshold),
            Workers = workers,
            Annotate = annotate,
            Report = report,
        };
        return Task.FromResult(run.Run(cancellationToken));
    }

    /// <exception cref="FerUsageException">What is to be written does not fit what was given.</exception>
    private static void CheckOutputs(InputFiles inputs, string? annotate, string? report, bool hasRate)
    {
        if ((report is not null || hasRate) && inputs.Files.Count > 0 && !inputs.Files.Any(file => file.IsVideo))
            throw new FerUsageException("--report and --fps are for videos; no video was given.");
        if (inputs.Files.Count < 2) return;
        if (annotate is not null && (IsPng(annotate) || VideoKind.IsNamed(annotate)))
            throw new FerUsageException($"{inputs.Files.Count} files cannot be drawn into one. Name a folder: --annotate FOLDER.");
        if (report is not null && Path.GetExtension(report).ToLowerInvariant() is ".html" or ".htm")
            throw new FerUsageException($"{inputs.Files.Count} files have a report each. Name a folder: --report FOLDER.");
    }

    private static bool IsPng(string path) => path.EndsWith(".png", StringComparison.OrdinalIgnoreCase);

    /// <summary>Draws into a copy: the file itself for one picture, files of the same names below a folder for several.</summary>
    private static Action<RgbImage, InputFile, PictureResult> Annotator(string path, double threshold) =>
        (image, file, answer) =>
        {
            foreach (var face in answer.Faces)
                FaceAnnotator.Draw(image, face.Box, face.Prediction, FaceAnnotator.Label(face.Prediction, threshold));
            PngEncoder.Save(image, IsPng(path) ? path : Path.Combine(path, file.Below + ".png"));
        };

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
