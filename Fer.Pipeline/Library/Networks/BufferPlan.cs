using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Packs buffers of known lifetimes into one block so that those live at the same step never overlap: largest first, each at the lowest
/// free offset.
/// </summary>
internal sealed class BufferPlan
{
    /// <summary>Guard bytes after each buffer that debug builds check, to catch a kernel that writes past its end.</summary>
#if DEBUG
    internal const int GuardBytes = NativeBuffer.Alignment;
#else
    internal const int GuardBytes = 0;
#endif

    private readonly List<Request> _requests = [];
    private long[] _offsets = [];

    /// <summary>Size of the block in bytes; known after <see cref="Place"/>.</summary>
    internal long TotalBytes { get; private set; }

    /// <summary>
    /// Requests a buffer that is live at steps <paramref name="from"/> … <paramref name="to"/>, inclusive; returns its number.
    /// </summary>
    internal int Add(long bytes, int from, int to)
    {
        _requests.Add(
            new Request((bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment + GuardBytes, from, to));
        return _requests.Count - 1;
    }

    /// <summary>Returns the offset of each buffer by its number.</summary>
    internal long[] Place()
    {
        var offsets = _offsets = new long[_requests.Count];
        // By offset, so that one pass finds the lowest gap: a graph from a file may have ten thousand buffers.
        var placed = new List<Placed>();
        foreach (int i in Enumerable.Range(0, _requests.Count).OrderByDescending(i => _requests[i].Bytes).ThenBy(i => i))
        {
            var request = _requests[i];
            if (request.Bytes == 0) continue;
            long offset = 0;
            foreach (var other in placed)
            {
                if (other.From > request.To || request.From > other.To) continue;
                if (offset + request.Bytes <= other.Offset) break;
                offset = Math.Max(offset, other.End);
            }
            offsets[i] = offset;
            var added = new Placed(offset, offset + request.Bytes, request.From, request.To);
            int at = placed.BinarySearch(added);
            placed.Insert(at < 0 ? ~at : at, added);
            TotalBytes = Math.Max(TotalBytes, added.End);
        }
        return offsets;
    }

    /// <summary>Where a placed buffer ends and its guard begins.</summary>
    internal long EndOf(int number) => _offsets[number] + _requests[number].Bytes - GuardBytes;

    private readonly record struct Request(long Bytes, int From, int To);

    private readonly record struct Placed(long Offset, long End, int From, int To) : IComparable<Placed>
    {
        public int CompareTo(Placed other) => Offset.CompareTo(other.Offset);
    }
}
