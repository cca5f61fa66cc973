using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// FER+'s votes on the rows of the FER2013 CSV, by row number. Both files must name the same splits row by row:
/// that is the one sign that they belong together. The votes are read when the first row asks for them.
/// </summary>
internal sealed class FerPlusJoin(string sourceName, string votesPath)
{
    private readonly Lazy<FerPlusVotes> _votes = new(() => FerPlusVotes.Read(votesPath));

    /// <summary>FER+'s file.</summary>
    internal string VotesPath => votesPath;

    /// <summary>Writes the ten votes of a row.</summary>
    /// <param name="row">Row of the faces, from 0.</param>
    /// <param name="usage">Its split among the faces.</param>
    /// <param name="votes">[10] takes the votes, in the order of <see cref="FerPlusVotes.SlotNames"/>.</param>
    /// <exception cref="FerException">The votes cannot be read, or do not belong to the faces.</exception>
    internal void CopyTo(long row, Usage usage, Span<float> votes)
    {
        var all = _votes.Value;
        if (row >= all.Count)
        {
            throw new FerException($"{Files}: row {row + 1:N0} of the faces has no votes, FER+ ends after {all.Count:N0}. " +
                "Use the CSV of Kaggle's challenge, rows in its order.");
        }
        if (all.Usage((int)row) != usage)
        {
            throw new FerException($"{Files}: row {row + 1:N0} is {usage} among the faces and {all.Usage((int)row)} in FER+. " +
                "The files do not belong together row by row: use the CSV of Kaggle's challenge, rows in its order.");
        }
        all.CopyTo((int)row, votes);
    }

    /// <summary>Writes the ten votes of a row that was read before, whatever split it has now.</summary>
    internal void CopyTo(long row, Span<float> votes) => _votes.Value.CopyTo((int)row, votes);

    private string Files => $"{sourceName} and {votesPath}";
}
