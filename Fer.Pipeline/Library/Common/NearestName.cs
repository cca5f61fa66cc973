namespace Fer.Pipeline;

/// <summary>Finds the known name that a misspelled one most likely meant, for suggestions in messages.</summary>
internal static class NearestName
{
    /// <summary>
    /// The known name closest to <paramref name="given"/>, or null if none is close enough to suggest. Close means at most a third of the
    /// letters edited (insert, delete, replace, swap of adjacent letters; case is ignored, and one edit is always allowed), or a prefix of
    /// at least three letters. On a tie the first name wins.
    /// </summary>
    internal static string? Find(string given, IEnumerable<string> known)
    {
        string? best = null;
        int bestDistance = int.MaxValue;
        string wanted = given.Trim().ToLowerInvariant();
        foreach (string name in known)
        {
            string candidate = name.ToLowerInvariant();
            int distance = Distance(wanted, candidate);
            int limit = Math.Max(1, Math.Max(wanted.Length, candidate.Length) / 3);
            if (distance > limit && wanted.Length >= 3 && candidate.StartsWith(wanted, StringComparison.Ordinal)) distance = limit;
            if (distance > limit || distance >= bestDistance) continue;
            best = name;
            bestDistance = distance;
        }
        return best;
    }

    /// <summary>" Did you mean 'x'?" for the closest known name, or an empty string.</summary>
    internal static string Hint(string given, IEnumerable<string> known) =>
        Find(given, known) is { } name ? $" Did you mean '{name}'?" : "";

    /// <summary>Optimal string alignment distance: Levenshtein edits plus swaps of adjacent letters.</summary>
    private static int Distance(string a, string b)
    {
        // Names are short; anything longer is not a typo of one.
        if (a.Length > 64 || b.Length > 64) return int.MaxValue;
        var before = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }
}
