using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>
/// FER+'s votes by what a face shows, in whatever order the faces come: the pictures of FER+'s folders are FER2013's, pixel by pixel, and
/// their names stand beside the votes.
/// </summary>
internal sealed class FerPlusPictureJoin(string sourceName, string folder) : FerPlusJoin
{
    // Faces after which it is plain that they are others.
    private const int Enough = 200;
    private const double LeastShare = 0.1;

    private readonly Lazy<Dictionary<UInt128, float[]>> _votes = new(() => FerPlusFolders.Read(folder));

    internal override string VotesPath => folder;

    internal override bool NeedsPixels => true;

    internal override IFerPlusLookup Open() => new Lookup(this);

    internal override void CopyTo(long row, ReadOnlySpan<byte> pixels, Span<float> votes) => Find(pixels, votes);

    private bool Find(ReadOnlySpan<byte> pixels, Span<float> votes)
    {
        bool found = _votes.Value.TryGetValue(PixelHash.Of(pixels), out float[]? theirs);
        if (found) theirs.CopyTo(votes);
        else votes.Clear();
        return found;
    }

    private sealed class Lookup(FerPlusPictureJoin join) : IFerPlusLookup
    {
        private int _faces, _found;

        public void CopyTo(FaceOfVotes face, ReadOnlySpan<byte> pixels, Span<float> votes)
        {
            _faces++;
            if (join.Find(pixels, votes)) _found++;
            if (_faces == Enough && _found < LeastShare * Enough)
                throw new FerException($"{join.VotesPath}: of the first {Enough} faces of {join.SourceName} {_found} are among FER+'s " +
                    "pictures. Use FER2013's own faces, neither resized nor changed otherwise.");
        }
    }

    private string SourceName => sourceName;
}
