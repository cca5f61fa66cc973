using System.Runtime.ExceptionServices;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Training;

/// <summary>
/// Turns the bytes of a <see cref="FaceSet"/> into batches of floats with their targets. Its own threads prepare batches in advance, so
/// that the engine never waits. A batch depends only on the seed, the epoch and its index, not on the number of threads.
/// </summary>
internal sealed class BatchLoader : IDisposable
{
    private const long OrderPurpose = 2, MixupPurpose = 3;

    private readonly FaceSet _faces;
    private readonly BatchLoaderOptions _options;
    private readonly FaceReader _read;
    private readonly Slot[] _slots;
    private readonly Thread[] _threads;
    private readonly CancellationTokenSource _closing = new();
    private readonly long _batches;
    private Slot? _current;
    private long _next;
    private bool _disposed;

    /// <summary>Starts the threads.</summary>
    /// <exception cref="FerUsageException">An option is out of its range.</exception>
    /// <exception cref="FerException">The set is empty.</exception>
    public BatchLoader(FaceSet faces, BatchLoaderOptions options)
        : this(faces, options, options.Side * options.Side, Augmented(faces, options)) { }

    /// <summary>As the other, with what a face's values are read by in place of its augmented pixels.</summary>
    /// <param name="faces">The faces.</param>
    /// <param name="options">The options; those of pixels play no part.</param>
    /// <param name="valuesEach">Values of a face.</param>
    /// <param name="read">Gives them.</param>
    internal BatchLoader(FaceSet faces, BatchLoaderOptions options, int valuesEach, FaceReader read)
    {
        if (options.BatchSize < 1) throw new FerUsageException($"A batch has at least 1 face, not {options.BatchSize}.");
        if (!(options.Mixup >= 0)) throw new FerUsageException($"Mixup's alpha is at least 0, not {options.Mixup}.");
        if (options.Threads < 1 || options.Epochs < 0 || options.FirstBatch < 0)
            throw new FerUsageException("A loader needs at least 1 thread and no negative number of epochs or batches.");
        if (!(options.SoftTargets is >= 0 and <= 1))
            throw new FerUsageException($"The share of soft targets is 0 … 1, not {options.SoftTargets}.");
        if (faces.Count == 0) throw new FerException("The data set has no faces; check the file and the split that was asked for.");
        int capacity = Math.Min(options.BatchSize, faces.Count);
        if (valuesEach > 0 && capacity > Array.MaxLength / valuesEach)
        {
            throw new FerUsageException(
                $"A batch of {capacity:N0} faces of {valuesEach:N0} values is more than one array holds. Use a smaller batch or smaller " +
                "faces.");
        }
        _faces = faces;
        _options = options;
        _read = read;
        BatchesPerEpoch = CountBatches(faces.Count, options);
        _next = options.FirstBatch;
        _batches = options.Epochs == 0 ? long.MaxValue : BatchesPerEpoch * options.Epochs;

        // Two slots per thread: one being read or waiting to be, one being filled. A multiple of the threads, so that each slot has a
        // single writer.
        _slots = new Slot[2 * options.Threads];
        for (int i = 0; i < _slots.Length; i++) _slots[i] = new Slot(new FaceBatch(capacity, valuesEach, faces.ClassNames.Count));
        _threads = new Thread[options.Threads];
        for (int i = 0; i < _threads.Length; i++)
        {
            int number = i;
            _threads[i] = new Thread(() => Produce(number)) { IsBackground = true, Name = $"Batch loader {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Batches of an epoch over <paramref name="faces"/> faces.</summary>
    internal static long CountBatches(int faces, BatchLoaderOptions options) => options.DropLast && faces >= options.BatchSize
        ? faces / options.BatchSize
        : (faces + (long)options.BatchSize - 1) / options.BatchSize;

    /// <summary>Batches of an epoch.</summary>
    public long BatchesPerEpoch { get; }

    /// <summary>The next batch, or null after the last one. It invalidates the batch returned before.</summary>
    public FaceBatch? Next()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _current?.Free.Release();
        _current = null;
        if (_next >= _batches) return null;
        var slot = _slots[_next++ % _slots.Length];
        slot.Ready.Wait();
        slot.Failure?.Throw();
        _current = slot;
        return slot.Batch;
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _closing.Cancel();
        foreach (var thread in _threads) thread.Join();
        _closing.Dispose();
        foreach (var slot in _slots) slot.Dispose();
    }

    private static FaceReader Augmented(FaceSet faces, BatchLoaderOptions options)
    {
        var augmenter = new FaceAugmenter(options.Augmentation, options.Side, options.Seed, options.View);
        return (face, epoch, values) => augmenter.Augment(faces.Pixels(face), epoch, faces.Row(face), values);
    }

    private void Produce(int thread)
    {
        int[] order = new int[_faces.Count];
        long ordered = -1;
        // The first of this thread's batches that is not skipped.
        long first = _options.FirstBatch + (thread - _options.FirstBatch % _threads.Length + _threads.Length) % _threads.Length;
        for (long number = first; number < _batches; number += _threads.Length)
        {
            var slot = _slots[number % _slots.Length];
            try
            {
                slot.Free.Wait(_closing.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                long epoch = number / BatchesPerEpoch;
                if (epoch != ordered) Order(order, ordered = epoch);
                Fill(slot.Batch, order, epoch, number % BatchesPerEpoch);
            }
            catch (Exception e)
            {
                // Rethrown in Next: if the thread died instead, Next would wait for ever.
                slot.Failure = ExceptionDispatchInfo.Capture(e);
            }
            slot.Ready.Release();
        }
    }

    private void Order(int[] order, long epoch)
    {
        for (int i = 0; i < order.Length; i++) order[i] = i;
        if (_options.Shuffle) new RandomStream(_options.Seed, epoch, 0, OrderPurpose).Shuffle<int>(order);
    }

    private void Fill(FaceBatch batch, int[] order, long epoch, long place)
    {
        int start = (int)(place * _options.BatchSize);
        batch.Count = Math.Min(_options.BatchSize, _faces.Count - start);
        batch.Epoch = epoch;
        batch.IsLastOfEpoch = place == BatchesPerEpoch - 1;
        for (int i = 0; i < batch.Count; i++)
        {
            int face = order[start + i];
            _read(face, epoch, batch.Face(i));
            _faces.CopyTarget(face, _options.SoftTargets, batch.Target(i));
        }
        if (_options.Mixup == 0) return;
        var random = new RandomStream(_options.Seed, epoch, place, MixupPurpose);
        Mixup.Apply(batch, _options.Mixup, ref random);
    }

    /// <summary>Writes the values of a face in an epoch, from 0.</summary>
    internal delegate void FaceReader(int face, long epoch, Span<float> values);

    private sealed class Slot(FaceBatch batch) : IDisposable
    {
        internal FaceBatch Batch { get; } = batch;
        internal SemaphoreSlim Free { get; } = new(1, 1);
        internal SemaphoreSlim Ready { get; } = new(0, 1);
        internal ExceptionDispatchInfo? Failure { get; set; }

        public void Dispose()
        {
            Free.Dispose();
            Ready.Dispose();
        }
    }
}
