using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Places buffers of known lifetimes in one block so that those alive at the same step never overlap: largest first, each at the lowest free offset.
/// </summary>
internal sealed class BufferPlan
{
    /// <summary>Bytes behind each buffer that debug builds watch, so that a kernel that writes past its end is caught in the act.</summary>
#if DEBUG
    internal const int GuardBytes = NativeBuffer.Alignment;
#else
    internal const int GuardBytes = 0;
#endif

    private readonly List<Request> _requests = [];
    private long[] _offsets = [];

    /// <summary>Bytes of the block; known after <see cref="Place"/>.</summary>
    internal long TotalBytes { get; private set; }

    /// <summary>Asks for a buffer that is alive at steps <paramref name="from"/> … <paramref name="to"/>, both included; gives its number.</summary>
    internal int Add(long bytes, int from, int to)
    {
        _requests.Add(new Request((bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment + GuardBytes, from, to));
        return _requests.Count - 1;
    }

    /// <summary>Gives the offset of each buffer by its number.</summary>
    internal long[] Place()
    {
        var offsets = _offsets = new long[_requests.Count];
        var placed = new List<int>();
        foreach (int i in Enumerable.Range(0, _requests.Count).OrderByDescending(i => _requests[i].Bytes).ThenBy(i => i))
        {
            var request = _requests[i];
            long offset = 0;
            foreach (int other in placed.Where(p => _requests[p].From <= request.To && request.From <= _requests[p].To).OrderBy(p => offsets[p]))
            {
                if (offset + request.Bytes <= offsets[other]) break;
                offset = Math.Max(offset, offsets[other] + _requests[other].Bytes);
            }
            offsets[i] = offset;
            placed.Add(i);
            TotalBytes = Math.Max(TotalBytes, offset + request.Bytes);
        }
        return offsets;
    }

    /// <summary>Where a placed buffer ends and its guard begins.</summary>
    internal long EndOf(int number) => _offsets[number] + _requests[number].Bytes - GuardBytes;

    private readonly record struct Request(long Bytes, int From, int To);
}
