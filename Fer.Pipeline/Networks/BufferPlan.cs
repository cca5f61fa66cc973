using Fer.Pipeline.Tensors;

namespace Fer.Pipeline.Networks;

/// <summary>
/// Places buffers of known lifetimes in one block so that those alive at the same step never overlap: largest first, each at the lowest free offset.
/// </summary>
internal sealed class BufferPlan
{
    private readonly List<Request> _requests = [];

    /// <summary>Bytes of the block; known after <see cref="Place"/>.</summary>
    internal long TotalBytes { get; private set; }

    /// <summary>Asks for a buffer that is alive at steps <paramref name="from"/> … <paramref name="to"/>, both included; gives its number.</summary>
    internal int Add(long bytes, int from, int to)
    {
        _requests.Add(new Request((bytes + NativeBuffer.Alignment - 1) / NativeBuffer.Alignment * NativeBuffer.Alignment, from, to));
        return _requests.Count - 1;
    }

    /// <summary>Gives the offset of each buffer by its number.</summary>
    internal long[] Place()
    {
        var offsets = new long[_requests.Count];
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

    private readonly record struct Request(long Bytes, int From, int To);
}
