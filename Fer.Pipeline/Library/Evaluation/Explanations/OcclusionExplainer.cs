using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Evaluation;

/// <summary>
/// Covers one part of a face after another and measures how far the probability of a class falls (Zeiler and Fergus, arXiv 1311.2901,
/// section 4.2). It needs only predictions of the model.
/// </summary>
internal static class OcclusionExplainer
{
    private const int Window = 8, Stride = 4, Places = (Face.Side - Window) / Stride + 1;

    /// <summary>Predictions that a face takes: a cover at each place, and none.</summary>
    internal const int Predictions = Places * Places + 1;

    /// <summary>Explains one face with 121 predictions of it.</summary>
    /// <param name="predict">Returns [count, classes] probabilities of faces.</param>
    /// <param name="face">[48 * 48] grey values.</param>
    /// <param name="classIndex">The class to explain.</param>
    /// <returns>For each cell the mean fall of the probability over the windows that cover it.</returns>
    /// <exception cref="ArgumentException"><paramref name="face"/> has the wrong length.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classIndex"/> is not a class.</exception>
    public static ExplanationMap Explain(Func<FaceSet, float[]> predict, ReadOnlySpan<byte> face, int classIndex)
    {
        if (face.Length != Face.PixelCount)
            throw new ArgumentException($"{face.Length} values are not one face of {Face.Side}x{Face.Side} grey pixels.", nameof(face));
        const int places = Places, count = Predictions;
        byte mean = (byte)Math.Round(FaceProperties.Brightness(face));
        var pixels = new byte[count * Face.PixelCount];
        for (int i = 0; i < count; i++)
        {
            var hidden = pixels.AsSpan(i * Face.PixelCount, Face.PixelCount);
            face.CopyTo(hidden);
            // The last copy stays uncovered.
            if (i == count - 1) continue;
            for (int y = 0; y < Window; y++) hidden.Slice((i / places * Stride + y) * Face.Side + i % places * Stride, Window).Fill(mean);
        }
        float[] probabilities = predict(new FaceSet(["face"], pixels, new int[count], new long[count]));
        int classes = probabilities.Length / count;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)classIndex, (uint)classes, nameof(classIndex));
        double whole = probabilities[(count - 1) * classes + classIndex];

        const int cells = ExplanationMap.Cells;
        var fall = new double[cells * cells];
        var windows = new int[cells * cells];
        for (int i = 0; i < places * places; i++)
            for (int y = 0; y < Window / Stride; y++)
                for (int x = 0; x < Window / Stride; x++)
                {
                    int cell = (i / places + y) * cells + i % places + x;
                    fall[cell] += whole - probabilities[i * classes + classIndex];
                    windows[cell]++;
                }
        for (int cell = 0; cell < fall.Length; cell++) fall[cell] /= windows[cell];
        return ExplanationMap.FromEvidence(fall);
    }
}
