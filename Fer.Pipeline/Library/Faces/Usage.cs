namespace Fer.Pipeline.Faces;

/// <summary>The split a row belongs to, under FER2013's names.</summary>
public enum Usage
{
    /// <summary>Rows to train on (28,709 in FER2013).</summary>
    Training = 0,
    /// <summary>Rows for model selection: the validation split (3,589 in FER2013).</summary>
    PublicTest = 1,
    /// <summary>Rows to score once, at the very end: the test split (3,589 in FER2013).</summary>
    PrivateTest = 2,
}
