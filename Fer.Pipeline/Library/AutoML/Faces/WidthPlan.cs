namespace Fer.Pipeline.AutoML;

/// <summary>
/// Chooses how wide the network is by the time there is: short trials cannot, since a small network always leads at first.
/// Wide networks learn more an epoch and need more epochs to be worth their time.
/// </summary>
internal static class WidthPlan
{
    /// <summary>
    /// Epochs below which a width of at most 1 is too wide for the time: on FER2013 18 epochs at 0.75 gave 2.4 points more than 12 at 1,
    /// half of those on smaller pictures.
    /// </summary>
    internal const double LeastEpochs = 16;

    /// <summary>
    /// Epochs below which a width of 1.5 is, and a wider one below as many more as it has channels: on FER2013 the recipe at 1.5 overtook
    /// the one at 1 after about 40 of its epochs in equal time. Two networks of width 1 that share that time are no match for it: 39 and 36
    /// epochs gave 0.683 and 0.672 in the centre view, and 0.684 together.
    /// </summary>
    internal const double LeastEpochsWide = 36;

    /// <summary>
    /// Epochs that each of several final trainings should have: past that, another network brings more than longer training.
    /// </summary>
    internal const double LeastEpochsOfMember = 60;

    /// <summary>
    /// Bytes of the weights of all networks of a model, where their number was not asked for: it stays easy to ship. The zip is twice as
    /// large, because ML.NET's entry holds the networks again.
    /// </summary>
    internal const long MostBytes = 19_000_000;

    /// <summary>Most networks that answer together; each costs a face's whole time again.</summary>
    internal const int MostMembers = 5;

    private const int MostFinals = 4;

    /// <summary>How many networks to train in the end: those that have the epochs to be worth it and fit a zip.</summary>
    /// <param name="epochs">Epochs that all of their time is enough for.</param>
    /// <param name="bytes">Bytes of the weights of one of them.</param>
    internal static int Finals(double epochs, long bytes) =>
        (int)Math.Clamp(Math.Min(epochs / LeastEpochsOfMember, MostBytes / bytes), 1, MostFinals);

    /// <summary>The widest network whose epochs fit the time, or else the narrowest.</summary>
    /// <param name="widths">The widths there are.</param>
    /// <param name="final">Time of the final training.</param>
    /// <param name="epoch">Measures the time of an epoch at a width; asked for as few widths as it takes.</param>
    internal static double Choose(IEnumerable<double> widths, TimeSpan final, Func<double, TimeSpan> epoch)
    {
        double[] ordered = [.. widths.Order()];
        // From the usual width, up while there is time to spare or down while there is not.
        int at = Math.Max(0, Array.FindLastIndex(ordered, w => w <= 1));
        bool Fits(double width) => final / epoch(width) >= (width > 1 ? LeastEpochsWide * width / 1.5 : LeastEpochs);
        if (Fits(ordered[at]))
        {
            while (at + 1 < ordered.Length && Fits(ordered[at + 1])) at++;
            return ordered[at];
        }
        // The work of an epoch shrinks with the square of the width at best: what cannot fit even so is not worth measuring.
        double usual = ordered[at], epochs = final / epoch(usual);
        while (at > 0 && (epochs * usual * usual / (ordered[at] * ordered[at]) < LeastEpochs || !Fits(ordered[at]))) at--;
        return ordered[at];
    }
}
