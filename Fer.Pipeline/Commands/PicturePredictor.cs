using System.Collections.Concurrent;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;

namespace Fer.Commands;

/// <summary>Predicts pictures, several at a time. A broken one becomes an answer that says so.</summary>
/// <param name="model">The classifier.</param>
/// <param name="reader">Reads the pictures; not disposed here.</param>
/// <param name="frame">The part of every picture to take for a face, or null for all of it; where nothing is looked for.</param>
internal sealed class PicturePredictor(FerModel model, PictureReader reader, FaceBox? frame)
{
    /// <summary>What to do with a picture and its answer, for instance draw; runs on several threads.</summary>
    internal Action<RgbImage, InputFile, PictureResult>? Afterwards { get; init; }

    /// <summary>The answers, in the order of the files.</summary>
    internal IEnumerable<PictureResult> Predict(IReadOnlyList<InputFile> files, int workers, CancellationToken cancellationToken) =>
        // Loading what runs several at a time takes as long as a small picture.
        files.Count == 1 ? [Predict(files[0])] :
        // One by one from the front, so that answers come in order without many waiting.
        Partitioner.Create(files, EnumerablePartitionerOptions.NoBuffering).AsParallel().AsOrdered().WithDegreeOfParallelism(workers)
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(cancellationToken)
            .Select(Predict);

    private PictureResult Predict(InputFile file)
    {
        try
        {
            var (image, found) = reader.Read(file);
            var faces = found is null
                ? [FacePredictor.PredictFrame(model, image, frame)]
                : FacePredictor.Predict(model, image, found, new FaceFraming());
            var answer = new PictureResult(file.Name, image.Width, image.Height, faces);
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
}
