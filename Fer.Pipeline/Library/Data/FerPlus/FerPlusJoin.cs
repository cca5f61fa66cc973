using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>The votes of a face.</summary>
/// <param name="Row">Row of the faces, from 0.</param>
/// <param name="Usage">Its split among the faces.</param>
/// <param name="Label">What the data calls it.</param>
internal readonly record struct FaceOfVotes(long Row, Usage Usage, string Label);

/// <summary>Finds the votes of the faces of a source.</summary>
internal abstract class FerPlusJoin
{
    /// <summary>FER+'s file or folder.</summary>
    internal abstract string VotesPath { get; }

    /// <summary>True where the votes are found by a face's pixels, which must be read then.</summary>
    internal abstract bool NeedsPixels { get; }

    /// <summary>What finds the votes of faces read from first to last, checking that they belong together.</summary>
    internal abstract IFerPlusLookup Open();

    /// <summary>Writes the ten votes of a face that was read before, whatever split it has now.</summary>
    internal abstract void CopyTo(long row, ReadOnlySpan<byte> pixels, Span<float> votes);
}

/// <summary>Finds the votes of faces in the order of their rows.</summary>
internal interface IFerPlusLookup
{
    /// <summary>Writes the ten votes of a face, all 0 where there are none.</summary>
    /// <param name="face">The face.</param>
    /// <param name="pixels">[48 * 48] its grey values, where the join needs them.</param>
    /// <param name="votes">[10] takes the votes, in the order of <see cref="FerPlusVotes.SlotNames"/>.</param>
    /// <exception cref="FerException">The votes cannot be read, or do not belong to the faces.</exception>
    void CopyTo(FaceOfVotes face, ReadOnlySpan<byte> pixels, Span<float> votes);
}
