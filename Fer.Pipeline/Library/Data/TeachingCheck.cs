using System.Globalization;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>Refuses data that no classifier can learn its classes from.</summary>
internal static class TeachingCheck
{
    /// <summary>Checks that every class has faces to learn from, and that there are faces to choose on.</summary>
    /// <param name="source">What messages call the data.</param>
    /// <param name="training">The faces to learn from.</param>
    /// <param name="validation">The faces to choose on.</param>
    /// <exception cref="FerException">They are missing; the message says which and what to do.</exception>
    internal static void Require(string source, FaceSet training, FaceSet validation)
    {
        var classNames = training.ClassNames;
        if (training.Count == 0) throw new FerException($"{source}: there are no Training faces to learn from.");
        int[] counts = training.CountByClass();
        var present = new List<string>();
        var missing = new List<string>();
        for (int c = 0; c < counts.Length; c++) (counts[c] > 0 ? present : missing).Add(classNames[c]);
        if (present.Count == 1)
        {
            throw new FerException(string.Create(CultureInfo.InvariantCulture,
                $"{source}: all {training.Count:N0} Training faces are of one class, {present[0]}. A classifier tells two or more " +
                $"apart: add faces of {string.Join(", ", missing.Take(8))}."));
        }
        if (missing.Count > 0)
        {
            string counted = string.Join(", ", classNames.Select((name, c) => (name, count: counts[c]))
                .Where(one => one.count > 0).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.name} {one.count:N0}")));
            string hint = string.Concat(missing.Select(name => NearestName.Hint(name, present)).Where(text => text.Length > 0).Take(1));
            throw new FerException($"{source}: there are no Training faces of {string.Join(", ", missing)}; there are of {counted}." +
                $"{hint} Add some, or leave those classes out: --classes {string.Join(',', present.Select(LabelText.Escape))}.");
        }
        if (validation.Count == 0)
            throw new FerException($"{source}: there are no PublicTest faces to choose the best epoch and model on. " +
                "Add some, or give a class two Training faces at least, of which some are taken.");
    }

    /// <summary>What the validation split lacks, as a note; null where it has faces of every class, or none at all.</summary>
    internal static string? Note(FaceSet training, FaceSet validation)
    {
        if (validation.Count == 0 || training.Count == 0) return null;
        int[] counts = validation.CountByClass(), learned = training.CountByClass();
        string[] missing = [.. training.ClassNames.Where((_, c) => counts[c] == 0 && learned[c] > 0)];
        return missing.Length == 0 ? null
            : $"There are no PublicTest faces of {string.Join(", ", missing)}: how well they are told apart is not measured.";
    }
}
