namespace Fer.Pipeline.Detection;

/// <summary>Which of BlazeFace's networks looks for faces.</summary>
public enum DetectorRange
{
    /// <summary>The one for faces near a camera, 128x128 pixels: the faster one.</summary>
    Near,

    /// <summary>The one for faces near and far, 256x256 pixels: finds faces of a smaller share of the picture.</summary>
    Far,
}
