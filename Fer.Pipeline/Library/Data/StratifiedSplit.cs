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
    private readonly Dictionary<string, long> _keys = [];
    private readonly Dictionary<long, long> _seen = [];

    /// <summary>The split of the next row, which has <paramref name="label"/>.</summary>
    internal Usage Next(string label)
    {
        if (!_keys.TryGetValue(label, out long key)) _keys[label] = key = KeyOf(label);
        _seen.TryGetValue(key, out long number);
        _seen[key] = number + 1;
        return At(key, number);
    }

    /// <summary>
    /// The split of the row that is the <paramref name="number"/>th, from 0, of those which have the label of a key: an emotion's number,
    /// or one that stands for another name.
    /// </summary>
    internal Usage At(long key, long number)
    {
        var random = new RandomStream(seed, key, number / Block);
        int publicTest = random.NextInt32(Block);
        int privateTest = (publicTest + 1 + random.NextInt32(Block - 1)) % Block;
        int place = (int)(number % Block);
        return place == publicTest ? Usage.PublicTest : place == privateTest ? Usage.PrivateTest : Usage.Training;
    }

    // The number of an emotion, and far above it FNV-1a of any other name: alike on every machine.
    private static long KeyOf(string label)
    {
        if (EmotionNames.TryParse(label, out var emotion)) return (long)emotion;
        ulong hash = 14695981039346656037;
        foreach (byte b in System.Text.Encoding.UTF8.GetBytes(label.ToLowerInvariant())) hash = (hash ^ b) * 1099511628211;
        return (long)(hash >> 2) + EmotionNames.All.Count;
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
