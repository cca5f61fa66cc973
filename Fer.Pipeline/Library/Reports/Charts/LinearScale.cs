namespace Fer.Pipeline.Reports;

/// <summary>Maps a span of values onto a span of the drawing; the drawing's may run backwards, as y does.</summary>
internal readonly record struct LinearScale(double From, double To, double Start, double End)
{
    internal double At(double value) =>
        To == From ? (Start + End) / 2 : Start + (Ticks.Bounded(value) - From) / (To - From) * (End - Start);
}
