using Fer.Pipeline.Images;

namespace Fer.Pipeline.Video;

/// <summary>A frame of a video.</summary>
/// <param name="Image">The picture; its pixels are overwritten by the next frame.</param>
/// <param name="Seconds">Its time from the start, in seconds.</param>
internal readonly record struct VideoFrame(RgbImage Image, double Seconds);
