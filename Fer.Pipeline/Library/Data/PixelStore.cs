using System.Runtime.InteropServices;

namespace Fer.Pipeline.Data;

/// <summary>
/// Faces gathered while their number is not known yet. They stand outside the managed heap in chunks that go back to the system one by one,
/// so that copying them into the arrays of the face sets never holds all of them twice.
/// </summary>
internal sealed unsafe class PixelStore : IDisposable
{
    private const int FacesAChunk = 1024;
    private readonly List<nint> _chunks = [];

    /// <summary>Number of faces.</summary>
    internal int Count { get; private set; }

    /// <summary>Adds a face of <see cref="Faces.Face.PixelCount"/> bytes.</summary>
    internal void Add(ReadOnlySpan<byte> face)
    {
        if (Count % FacesAChunk == 0) _chunks.Add((nint)NativeMemory.Alloc(FacesAChunk, Faces.Face.PixelCount));
        face[..Faces.Face.PixelCount].CopyTo(Face(Count));
        Count++;
    }

    /// <summary>Copies all faces in order to where <paramref name="target"/> says, and gives their memory back on the way.</summary>
    /// <param name="target">The place of a face by its number.</param>
    internal void Drain(PixelTarget target)
    {
        for (int i = 0; i < Count; i++)
        {
            Face(i).CopyTo(target(i));
            if ((i + 1) % FacesAChunk == 0) Free(i / FacesAChunk);
        }
        Dispose();
    }

    private Span<byte> Face(int index) =>
        new((byte*)_chunks[index / FacesAChunk] + index % FacesAChunk * Faces.Face.PixelCount, Faces.Face.PixelCount);

    private void Free(int chunk)
    {
        NativeMemory.Free((void*)_chunks[chunk]);
        _chunks[chunk] = 0;
    }

    public void Dispose()
    {
        for (int i = 0; i < _chunks.Count; i++) Free(i);
        _chunks.Clear();
        Count = 0;
    }
}

/// <summary>Where the pixels of face <paramref name="index"/> go.</summary>
internal delegate Span<byte> PixelTarget(int index);
