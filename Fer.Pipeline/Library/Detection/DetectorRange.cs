namespace Fer.Pipeline.Detection;

/// <summary>The BlazeFace network to use.</summary>
public enum DetectorRange
{
    /// <summary>For faces near the camera, 128x128 pixels: the faster one.</summary>
    Near,

    /// <summary>For faces near and far, 256x256 pixels: finds smaller faces.</summary>
    Far,
}
