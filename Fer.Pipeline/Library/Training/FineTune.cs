namespace Fer.Pipeline.Training;

/// <summary>What is trained of a network that has learnt before.</summary>
public enum FineTune
{
    /// <summary>A new linear head alone, on features that are computed once and kept: ML.NET's way.</summary>
    None,
    /// <summary>The head and the layers on the smallest maps.</summary>
    LastStage,
    /// <summary>Everything, with a learning rate that falls from stage to stage towards the pixels.</summary>
    All,
}
