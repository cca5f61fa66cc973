namespace Fer.Pipeline.Reports;

/// <summary>Maps a range of values to a range of the drawing, which may be reversed, as it is for y.</summary>
internal readonly record struct LinearScale(double From, double To, double Start, double End)
{
    internal double At(double value) =>
        To == From ? (Start + End) / 2 : Start + (Ticks.Bounded(value) - From) / (To - From) * (End - Start);
}
