using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// A trained model whose predictions become part of the targets: knowledge distillation (Hinton et al., arXiv 1503.02531) at temperature 1,
/// on calibrated probabilities; a born-again network (Furlanello et al., arXiv 1805.04770) where the student is no smaller. They are
/// computed once, on faces as they are, and kept as the features of frozen backbones are.
/// </summary>
/// <param name="network">From grey pixels to a probability a class.</param>
/// <param name="classes">For each of the student's classes, the teacher's index of it.</param>
/// <param name="sha256">The model's checksum.</param>
internal sealed class Teacher(Network network, int[] classes, string sha256)
{
    /// <summary>
    /// The least probability that the student's classes have together, in a teacher of more classes, for it to be heard on a face.
    /// </summary>
    private const float LeastKnown = 1e-3f;

    /// <summary>SHA-256 of the teacher's ONNX file, in lower-case hexadecimal.</summary>
    internal string Sha256 => sha256;

    /// <summary>Reads a model zip that knows all the student's classes; it may know others, which are left out.</summary>
    /// <exception cref="FerException">The file cannot be read, or it does not know a class; the message names it.</exception>
    internal static Teacher Load(string path, IReadOnlyList<string> classNames)
    {
        var zip = ModelZip.Load(path);
        var known = zip.Manifest.ClassNames;
        return new Teacher(zip.Network, [.. classNames.Select(name => IndexOf(name))], zip.Manifest.Sha256[PackedModel.OnnxName]);

        int IndexOf(string name)
        {
            for (int i = 0; i < known.Count; i++)
                if (known[i] == name) return i;
            throw new FerException(
                $"{path}: a teacher knows its student's classes, and this one knows {string.Join(", ", known)}, not {name}. " +
                "Take another model, or classes that it knows.");
        }
    }

    /// <summary>The same faces with targets that the teacher has a share in; the rest is what their labels and soft targets say.</summary>
    /// <param name="faces">The faces to learn from.</param>
    /// <param name="options">The trainer's options: the shares, the cache, the callback, the time.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    /// <exception cref="FerException">The teacher would take longer than the time budget.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal FaceSet Teach(FaceSet faces, ImageClassificationTrainer.Options options, CancellationToken cancellation)
    {
        using var pool = new WorkerPool(options.Threads) { AllowsWinograd = options.Winograd };
        var predictions = BottleneckFeatures.Compute(network, faces, BottleneckDataset.Teacher, options, pool, cancellation);
        var targets = new float[faces.Count * classes.Length];
        for (int face = 0; face < faces.Count; face++)
        {
            var target = targets.AsSpan(face * classes.Length, classes.Length);
            faces.CopyTarget(face, options.SoftTargets ?? 1, target);
            Blend(predictions.Row(face), options.TeacherShare, target);
        }
        return faces.WithTargets(targets);
    }

    private void Blend(ReadOnlySpan<float> prediction, float share, Span<float> target)
    {
        float known = 0;
        foreach (int theirs in classes) known += prediction[theirs];
        if (!(known >= LeastKnown)) return;
        for (int c = 0; c < classes.Length; c++) target[c] = (1 - share) * target[c] + share * prediction[classes[c]] / known;
    }
}
