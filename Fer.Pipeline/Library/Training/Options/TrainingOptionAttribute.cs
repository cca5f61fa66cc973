namespace Fer.Pipeline.Training;

/// <summary>
/// Marks a property of <see cref="ImageClassificationTrainer.Options"/> that shapes the weights. What a value may be and what it means are
/// said here, once, for the check, the help of the command line, the manifest of a model and the identity of a checkpoint.
/// </summary>
/// <param name="summary">What it is, in a line of help, without a full stop.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TrainingOptionAttribute(string summary) : Attribute
{
    /// <summary>What it is.</summary>
    public string Summary => summary;

    /// <summary>Its name on the command line; null is the property's own, in words joined by hyphens.</summary>
    public string? CommandName { get; set; }

    /// <summary>The least value.</summary>
    public double Least { get; set; } = double.NegativeInfinity;

    /// <summary>The greatest value.</summary>
    public double Most { get; set; } = double.PositiveInfinity;

    /// <summary>True where <see cref="Least"/> itself is too little.</summary>
    public bool AboveLeast { get; set; }

    /// <summary>True where <see cref="Most"/> itself is too much.</summary>
    public bool BelowMost { get; set; }

    /// <summary>What a number counts, for help: <c>pixels</c>, for instance.</summary>
    public string? Unit { get; set; }

    /// <summary>
    /// False where a run that continues from a checkpoint may have another value: it may be given more time or other threads, and a teacher
    /// is in the targets of the training data.
    /// </summary>
    public bool IsIdentity { get; set; } = true;
}
