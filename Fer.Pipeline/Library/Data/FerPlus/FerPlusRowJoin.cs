namespace Fer.Pipeline.Data;

/// <summary>FER+'s votes by the row of a face, read when the first face is.</summary>
internal sealed class FerPlusRowJoin(string sourceName, string votesPath) : FerPlusJoin
{
    private readonly Lazy<FerPlusVotes> _votes = new(() => FerPlusVotes.Read(votesPath));

    internal override string VotesPath => votesPath;

    internal override bool NeedsPixels => false;

    internal override IFerPlusLookup Open() => new Lookup(this);

    internal override void CopyTo(long row, ReadOnlySpan<byte> pixels, Span<float> votes) => _votes.Value.CopyTo((int)row, votes);

    private string Files => $"{sourceName} and {votesPath}";

    private string Remedy =>
        "Use the CSV of Kaggle's challenge with its rows in their order" + (FerPlusFolders.Beside(votesPath) is { } folder
            ? $", or join the votes by picture: --fer-plus {folder}."
            : ", or FER+'s folders FER2013Train, FER2013Valid and FER2013Test beside the votes, and name their folder with --fer-plus.");

    private sealed class Lookup(FerPlusRowJoin join) : IFerPlusLookup
    {
        private readonly FerPlusAgreement _agreement = new();

        public void CopyTo(FaceOfVotes face, ReadOnlySpan<byte> pixels, Span<float> votes)
        {
            var all = join._votes.Value;
            long row = face.Row;
            if (row >= all.Count)
            {
                throw new FerException($"{join.Files}: row {row + 1:N0} of the faces has no votes, FER+ ends after {all.Count:N0}. " +
                    join.Remedy);
            }
            if (all.Usage((int)row) != face.Usage)
            {
                throw new FerException($"{join.Files}: row {row + 1:N0} is {face.Usage} among the faces and {all.Usage((int)row)} in " +
                    $"FER+, so they do not belong together row by row. {join.Remedy}");
            }
            all.CopyTo((int)row, votes);
            if (_agreement.Add(row, face.Label, votes) is { } fault) throw new FerException($"{join.Files}: {fault}{join.Remedy}");
        }
    }
}
