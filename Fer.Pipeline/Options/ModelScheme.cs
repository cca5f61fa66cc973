using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;

namespace Fer.Options;

/// <summary>The classes of a saved model and the faces to score it on.</summary>
internal static class ModelScheme
{
    /// <exception cref="FerException">The scheme is not known here, or does not fit the model's classes.</exception>
    internal static LabelScheme Of(FerModel model, string path)
    {
        LabelScheme scheme;
        try
        {
            // Models whose labels had names and nothing else.
            if (model.Manifest.Scheme == "custom") return LabelScheme.OfNames(model.ClassNames);
            scheme = LabelScheme.Parse(model.Manifest.Scheme);
        }
        catch (FerUsageException e)
        {
            throw new FerException($"{path}: the label scheme '{model.Manifest.Scheme}' of its manifest is not known here. {e.Message}", e);
        }
        if (!scheme.ClassNames.SequenceEqual(model.ClassNames))
        {
            string classes = string.Join(", ", model.ClassNames);
            throw new FerException($"{path}: its classes {classes} are not those of its scheme '{model.Manifest.Scheme}'.");
        }
        return scheme;
    }

    /// <summary>The faces of a split.</summary>
    /// <exception cref="FerUsageException">The data has none.</exception>
    internal static FaceSet Faces(FaceDataset dataset, Usage usage)
    {
        if (dataset[usage].Count > 0) return dataset[usage];
        string known = string.Join(", ", Enum.GetValues<Usage>().Where(u => dataset[u].Count > 0));
        throw new FerUsageException($"{dataset.Source} has no {usage} faces; it has {known}. Choose one with --usage.");
    }
}
