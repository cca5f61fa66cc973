using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// Gives each row of a source without splits its own, 80 % Training, 10 % PublicTest, 10 % PrivateTest, alike in each class.
/// Of every ten rows of a class in turn, one at random goes to each test split, so one walk over the rows is enough and
/// a row's split depends on the seed and the rows of its class before it alone.
/// </summary>
internal sealed class StratifiedSplit(long seed)
{
    private const int Block = 10;
    private readonly long[] _seen = new long[EmotionNames.All.Count];

    /// <summary>The split of the next row, which shows <paramref name="emotion"/>.</summary>
    internal Usage Next(Emotion emotion) => At(emotion, _seen[(int)emotion]++);

    /// <summary>
    /// The split of the row that is the <paramref name="number"/>th, from 0, of those which show <paramref name="emotion"/>.
    /// </summary>
    internal Usage At(Emotion emotion, long number)
    {
        var random = new RandomStream(seed, (long)emotion, number / Block);
        int publicTest = random.NextInt32(Block);
        int privateTest = (publicTest + 1 + random.NextInt32(Block - 1)) % Block;
        int place = (int)(number % Block);
        return place == publicTest ? Usage.PublicTest : place == privateTest ? Usage.PrivateTest : Usage.Training;
    }

    /// <summary>
    /// Picks <paramref name="share"/> of each class's rows (rounded, at least one of a class that has two or more) at random.
    /// </summary>
    /// <param name="labels">Class indices, row by row.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="share">Between 0 and 1.</param>
    /// <param name="seed">Fixes the choice.</param>
    /// <returns>True for each row picked.</returns>
    internal static bool[] Pick(ReadOnlySpan<int> labels, int classes, double share, long seed)
    {
        var picked = new bool[labels.Length];
        for (int c = 0; c < classes; c++)
        {
            var rows = new List<int>();
            for (int i = 0; i < labels.Length; i++)
                if (labels[i] == c) rows.Add(i);
            int[] order = [.. rows];
            new RandomStream(seed, c).Shuffle<int>(order);
            int count = order.Length < 2 ? 0 : Math.Clamp((int)Math.Round(order.Length * share), 1, order.Length - 1);
            foreach (int row in order.AsSpan(0, count)) picked[row] = true;
        }
        return picked;
    }
}
