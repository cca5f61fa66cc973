namespace Fer.Server;

/// <summary>Where a picture's time went, in milliseconds.</summary>
/// <param name="Decode">From the file's bytes to pixels.</param>
/// <param name="Detect">Finding the faces and cutting them out.</param>
/// <param name="Queue">Waiting: for a free processor, and for the faces' turn with the network.</param>
/// <param name="Classify">The pass of the network that these faces went with, others' faces included.</param>
internal readonly record struct StageTimes(double Decode, double Detect, double Queue, double Classify)
{
    internal double Total => Decode + Detect + Queue + Classify;
}
