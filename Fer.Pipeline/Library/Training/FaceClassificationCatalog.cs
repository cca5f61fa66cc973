using Fer.Pipeline.Data;
using Fer.Pipeline.Training;

namespace Microsoft.ML;

/// <summary>The trainer in ML.NET's catalog.</summary>
public static class FaceClassificationCatalog
{
    /// <summary>
    /// Trains a network on faces of 48x48 grey pixels.
    /// <code>
    /// var model = ml.MulticlassClassification.Trainers.FaceClassification(new() { Epoch = 20 }).Fit(faces);
    /// </code>
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, network and recipe; null is the recipe measured on FER2013.</param>
    /// <exception cref="Fer.Pipeline.FerUsageException">An option is out of its range; the message names it.</exception>
    public static ImageClassificationTrainer FaceClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, ImageClassificationTrainer.Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ImageClassificationTrainer(options);
    }

    /// <summary>The same with the arguments that ML.NET's image classification has.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="labelColumnName">The classes: a key with names, or text.</param>
    /// <param name="featureColumnName">The faces: a vector of 2,304 bytes or Singles from 0 to 255, or an image.</param>
    /// <param name="validationSet">The faces to choose the best epoch on; null takes the last epoch.</param>
    public static ImageClassificationTrainer FaceClassification(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        string labelColumnName,
        string featureColumnName = FaceColumns.Pixels,
        IDataView? validationSet = null) =>
        catalog.FaceClassification(new ImageClassificationTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            ValidationSet = validationSet,
        });
}
