namespace Fer.Pipeline.Training;

/// <summary>The features of a set of faces would take longer than the time budget.</summary>
internal sealed class SlowFeaturesException(double facesPerSecond, string message) : FerException(message)
{
    /// <summary>Faces a second, measured once the kernels were compiled.</summary>
    internal double FacesPerSecond { get; } = facesPerSecond;
}
