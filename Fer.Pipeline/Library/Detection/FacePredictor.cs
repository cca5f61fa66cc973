using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Detection;

/// <summary>
/// Finds the faces in a picture and predicts each one's emotion. Thread-safe. The caller disposes the model and the finder.
/// <code>
/// var predictor = new FacePredictor(model, finder);
/// foreach (PredictedFace face in predictor.Predict(ImageDecoder.Load("photo.jpg")))
///     Console.WriteLine($"{face.Box}: {face.Prediction.Label}");
/// </code>
/// </summary>
/// <param name="model">The classifier.</param>
/// <param name="finder">The detector.</param>
/// <param name="framing">How much of a face the classifier sees; null for the measured default.</param>
public sealed class FacePredictor(FerModel model, FaceFinder finder, FaceFraming? framing = null)
{
    private readonly FaceFraming _framing = framing ?? new FaceFraming();

    /// <summary>The faces in a picture, largest first; may be empty.</summary>
    public IReadOnlyList<PredictedFace> Predict(RgbImage image) => Predict(image, finder.Find(image));

    /// <summary>Predicts the emotions of faces that were already found.</summary>
    public IReadOnlyList<PredictedFace> Predict(RgbImage image, IReadOnlyList<DetectedFace> faces) =>
        Predict(model, image, faces, _framing);

    /// <summary>The same without a detector.</summary>
    internal static IReadOnlyList<PredictedFace> Predict(
        FerModel model, RgbImage image, IReadOnlyList<DetectedFace> faces, FaceFraming framing)
    {
        var crops = new byte[faces.Count * Face.PixelCount];
        for (int i = 0; i < faces.Count; i++) framing.Around(faces[i]).Crop(image).CopyTo(crops, i * Face.PixelCount);
        float[] probabilities = model.Predict(crops, faces.Count);
        int classes = model.ClassNames.Count;
        return [.. faces.Select((face, i) =>
            new PredictedFace(face.Box, face, FerPrediction.From(model.ClassNames, probabilities.AsSpan(i * classes, classes))))];
    }

    /// <summary>
    /// Uses a rectangle of a picture as one face, without detection: for faces that are already cropped, or a frame that a person holds
    /// their face into.
    /// </summary>
    /// <param name="model">The classifier.</param>
    /// <param name="image">The picture.</param>
    /// <param name="frame">The rectangle; null for the whole picture.</param>
    /// <exception cref="FerUsageException">The rectangle has no pixel in the picture.</exception>
    public static PredictedFace PredictFrame(FerModel model, RgbImage image, FaceBox? frame = null)
    {
        return new PredictedFace(frame ?? new FaceBox(0, 0, image.Width, image.Height), null, model.Predict(CropFrame(image, frame)));
    }

    /// <summary>A rectangle of a picture, or all of it, as one face: [48 * 48] grey values.</summary>
    /// <exception cref="FerUsageException">The rectangle has no pixel in the picture.</exception>
    internal static byte[] CropFrame(RgbImage image, FaceBox? frame)
    {
        var gray = image.ToGray();
        if (frame is { } box) gray = Cut(gray, box);
        return ImageResizer.Resize(gray, Face.Side, Face.Side).Pixels;
    }

    private static GrayImage Cut(GrayImage image, FaceBox frame)
    {
        int left = Math.Max(0, (int)frame.X), right = (int)Math.Min(image.Width, MathF.Round(frame.Right));
        int top = Math.Max(0, (int)frame.Y), bottom = (int)Math.Min(image.Height, MathF.Round(frame.Bottom));
        if (left >= right || top >= bottom)
            throw new FerUsageException($"A frame of {frame.Width:0.#} x {frame.Height:0.#} pixels at {frame.X:0.#}, {frame.Y:0.#} is " +
                $"outside the picture of {image.Width} x {image.Height}.");
        var pixels = new byte[(right - left) * (bottom - top)];
        for (int y = top; y < bottom; y++)
            image.Pixels.AsSpan(y * image.Width + left, right - left).CopyTo(pixels.AsSpan((y - top) * (right - left)));
        return new GrayImage(right - left, bottom - top, pixels);
    }
}
