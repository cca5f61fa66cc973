using System.Threading.Channels;
using Fer.Pipeline.Faces;

namespace Fer.Server;

/// <summary>
/// Dynamic batching: faces of concurrent requests go through the network together. A pass takes what has gathered during the one before
/// it. It waits for more only while other pictures are being prepared, so that a lone camera never waits.
/// </summary>
internal sealed class FaceBatcher : IAsyncDisposable
{
    private readonly Func<byte[], int, int, float[]> _predict;
    private readonly int _classes;
    private readonly ServeOptions _options;
    private readonly ServerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;
    private int _approaching;

    /// <param name="predict">Gives [count, classes] probabilities of faces by so many views of each: faces, count, views.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="options">Batches and waits.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="time">The clock.</param>
    internal FaceBatcher(
        Func<byte[], int, int, float[]> predict, int classes, ServeOptions options, ServerMetrics metrics, TimeProvider time)
    {
        (_predict, _classes, _options, _metrics, _time) = (predict, classes, options, metrics, time);
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Announces that a picture's faces are coming; dispose the result once they came or there are none.</summary>
    internal Approach Announce()
    {
        Interlocked.Increment(ref _approaching);
        return new Approach(this);
    }

    /// <summary>Classifies faces, together with others'.</summary>
    /// <param name="faces">[count, 48, 48] grey values 0..255.</param>
    /// <param name="views">Views of each face to look at.</param>
    /// <param name="cancellationToken">Stops waiting; faces of a cancelled request are not computed.</param>
    /// <returns>[count, classes] probabilities, and the milliseconds waited and computed.</returns>
    internal async Task<(float[] Probabilities, double Queue, double Classify)> ClassifyAsync(
        byte[] faces, int views, CancellationToken cancellationToken)
    {
        var request = new Request(faces, views, _time.GetTimestamp(), cancellationToken);
        if (!_requests.Writer.TryWrite(request)) throw RequestProblem.Overloaded("The server is stopping.");
        return await request.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finishes the requests at hand and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task LoopAsync()
    {
        var reader = _requests.Reader;
        var batch = new List<Request>();
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            int count = Gather(reader, batch, 0);
            long start = _time.GetTimestamp();
            while (count > 0 && count < _options.MaxBatch && Volatile.Read(ref _approaching) > 0)
            {
                var left = TimeSpan.FromMilliseconds(_options.MaxWaitMilliseconds) - _time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !await ArrivesAsync(reader, left).ConfigureAwait(false)) break;
                int more = Gather(reader, batch, count);
                // What has come wants other views, and its own pass.
                if (more == count) break;
                count = more;
            }
            if (count > 0) Run(batch, count);
            batch.Clear();
        }
    }

    private async Task<bool> ArrivesAsync(ChannelReader<Request> reader, TimeSpan within)
    {
        using var stop = new CancellationTokenSource(within, _time);
        try
        {
            return await reader.WaitToReadAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Takes requests of the same number of views until the batch is full; a request larger than a batch goes alone.
    /// </summary>
    private int Gather(ChannelReader<Request> reader, List<Request> batch, int count)
    {
        while (count < _options.MaxBatch && reader.TryPeek(out var next)
            && (count == 0 || (count + next.Count <= _options.MaxBatch && next.Views == batch[0].Views)) && reader.TryRead(out next))
        {
            if (next.Cancellation.IsCancellationRequested)
            {
                next.Answer.TrySetCanceled(next.Cancellation);
                continue;
            }
            batch.Add(next);
            count += next.Count;
        }
        return count;
    }

    private void Run(List<Request> batch, int count)
    {
        long start = _time.GetTimestamp();
        try
        {
            byte[] faces = batch[0].Faces;
            if (batch.Count > 1)
            {
                faces = new byte[count * Face.PixelCount];
                int at = 0;
                foreach (var request in batch)
                {
                    request.Faces.CopyTo(faces, at);
                    at += request.Faces.Length;
                }
            }
            float[] all = _predict(faces, count, batch[0].Views);
            double classify = _time.GetElapsedTime(start).TotalMilliseconds;
            _metrics.Batch(count);
            int from = 0;
            foreach (var request in batch)
            {
                int length = request.Count * _classes;
                double queue = _time.GetElapsedTime(request.Arrived, start).TotalMilliseconds;
                request.Answer.TrySetResult((all[from..(from + length)], queue, classify));
                from += length;
            }
        }
        catch (Exception e)
        {
            // Every caller gets the failure; the next batch starts afresh.
            foreach (var request in batch) request.Answer.TrySetException(e);
        }
    }

    /// <summary>A picture whose faces are on their way.</summary>
    internal struct Approach(FaceBatcher batcher) : IDisposable
    {
        private FaceBatcher? _batcher = batcher;

        public void Dispose()
        {
            if (_batcher is { } owner) Interlocked.Decrement(ref owner._approaching);
            _batcher = null;
        }
    }

    private sealed record Request(byte[] Faces, int Views, long Arrived, CancellationToken Cancellation)
    {
        // Continuations run elsewhere: writing an answer must not hold up the next pass.
        internal TaskCompletionSource<(float[] Probabilities, double Queue, double Classify)> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Count => Faces.Length / Face.PixelCount;
    }
}
