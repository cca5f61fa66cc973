using Fer.Pipeline.Data;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Training;

/// <summary>
/// A trained model whose probabilities become part of the targets: knowledge distillation (Hinton et al., arXiv 1503.02531), and a born-again
/// network (Furlanello et al., arXiv 1805.04770) where the student is no smaller. What it says of a face is computed once, on the face as it
/// is, and kept with the features of frozen backbones.
/// </summary>
/// <param name="network">From grey pixels to a probability a class.</param>
/// <param name="classes">For each of the student's classes, the teacher's index of it.</param>
internal sealed class Teacher(Network network, int[] classes)
{
    /// <summary>Below this a teacher says nothing of the student's classes: they share what is left of a face that is none of them.</summary>
    private const float LeastKnown = 1e-3f;

    /// <summary>Reads a model zip that knows all the student's classes; it may know others, which are left out.</summary>
    /// <exception cref="FerException">The file cannot be read, or it does not know a class; the message names it.</exception>
    internal static Teacher Load(string path, IReadOnlyList<string> classNames)
    {
        var zip = ModelZip.Load(path);
        var known = zip.Manifest.ClassNames;
        return new Teacher(zip.Network, [.. classNames.Select(name => IndexOf(name))]);

        int IndexOf(string name)
        {
            for (int i = 0; i < known.Count; i++)
                if (known[i] == name) return i;
            throw new FerException($"{path}: a teacher knows its student's classes, and this one knows {string.Join(", ", known)}, not {name}. Take another model, or classes that it knows.");
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
        var answers = BottleneckFeatures.Compute(network, faces, BottleneckDataset.Teacher, options, pool, cancellation);
        var targets = new float[faces.Count * classes.Length];
        for (int face = 0; face < faces.Count; face++)
        {
            var target = targets.AsSpan(face * classes.Length, classes.Length);
            faces.CopyTarget(face, options.SoftTargets, target);
            Blend(answers.Row(face), options.TeacherShare, target);
        }
        return faces.WithTargets(targets);
    }

    private void Blend(ReadOnlySpan<float> answer, float share, Span<float> target)
    {
        float known = 0;
        foreach (int theirs in classes) known += answer[theirs];
        if (!(known >= LeastKnown)) return;
        for (int c = 0; c < classes.Length; c++) target[c] = (1 - share) * target[c] + share * answer[classes[c]] / known;
    }
}
