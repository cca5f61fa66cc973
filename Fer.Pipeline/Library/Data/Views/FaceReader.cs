using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>Walks once over the rows of a <see cref="FaceSource"/>, from before the first row on.</summary>
internal abstract class FaceReader : IDisposable
{
    /// <summary>Row in the source, from 0, broken rows counted too.</summary>
    internal long Row { get; private protected set; } = -1;

    /// <summary>What the row's face shows: the name of an emotion, or another label of the data's own.</summary>
    internal string Label { get; private protected set; } = "";

    /// <summary>The row's split, where asked for.</summary>
    internal Usage Usage { get; private protected set; }

    /// <summary>The row's 2,304 grey values, row-major, where asked for; good until the reader moves.</summary>
    internal abstract ReadOnlySpan<byte> Pixels { get; }

    /// <summary>Goes to the next row that is sound; false where there is none.</summary>
    /// <exception cref="FerException">The source cannot be read, or a row is broken and rows are not skipped.</exception>
    internal abstract bool MoveNext();

    /// <summary>Closes the source.</summary>
    public virtual void Dispose() { }
}
