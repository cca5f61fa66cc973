using System.Collections.Concurrent;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Video;

namespace Fer.Commands;

/// <summary>Predicts pictures, several at a time. A broken one becomes an answer that says so.</summary>
/// <param name="model">The classifier.</param>
/// <param name="input">Standard input, for who pipes a picture in.</param>
/// <param name="finders">Detectors; not disposed here.</param>
/// <param name="frame">The part of every picture to take for a face, or null for all of it; where nothing is looked for.</param>
internal sealed class PicturePredictor(FerModel model, Stream input, FaceFinders finders, FaceBox? frame)
{
    /// <summary>What to do with a picture and its answer, for instance draw; runs on several threads.</summary>
    internal Action<RgbImage, InputFile, PictureResult>? Afterwards { get; init; }

    /// <summary>The answers, in the order of the files.</summary>
    internal IEnumerable<PictureResult> Predict(IReadOnlyList<InputFile> files, int workers, CancellationToken cancellationToken) =>
        // One by one from the front, so that answers come in order without many waiting.
        Partitioner.Create(files, EnumerablePartitionerOptions.NoBuffering).AsParallel().AsOrdered().WithDegreeOfParallelism(workers)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(cancellationToken)
            .Select(Predict);

    private PictureResult Predict(InputFile file)
    {
        try
        {
            var image = Read(file);
            var answer = new PictureResult(file.Name, image.Width, image.Height, Faces(image));
            Afterwards?.Invoke(image, file, answer);
            return answer;
        }
        catch (FerException e)
        {
            return new PictureResult(file.Name, 0, 0, [], e.Message);
        }
        // Whatever a picture leads to ends that picture alone, not the folder.
        catch (Exception e) when (e is not (OperationCanceledException or ObjectDisposedException))
        {
            string what = $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
            return new PictureResult(file.Name, 0, 0, [], $"{file.Name}: cannot be analysed ({what}). Save it again as JPEG or PNG.");
        }
    }

    private RgbImage Read(InputFile file)
    {
        if (file.Path != InputFile.StandardInput) return ImageDecoder.Load(file.Path);
        byte[] bytes = ImageDecoder.ReadAll(input, file.Name);
        if (VideoKind.Is(bytes))
            throw new FerException($"{file.Name}: a video, which cannot be read from a pipe. Save it to a file first.");
        return ImageDecoder.Decode(bytes, file.Name);
    }

    private IReadOnlyList<PredictedFace> Faces(RgbImage image)
    {
        // A picture of just this size is a face of the data set, or was cropped to be one.
        if (frame is not null || (image.Width == Face.Side && image.Height == Face.Side))
            return [FacePredictor.PredictFrame(model, image, frame)];
        if (finders.Rent() is not { } finder) return [FacePredictor.PredictFrame(model, image)];
        try
        {
            return new FacePredictor(model, finder).Predict(image);
        }
        finally
        {
            finders.Return(finder);
        }
    }
}
