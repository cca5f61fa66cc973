using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>The features of a frozen backbone as a vector column.</summary>
/// <param name="network">From grey pixels to the features.</param>
/// <param name="column">Name of the column.</param>
/// <param name="threads">Threads; 0 is one a processor.</param>
/// <param name="progress">Hears how many rows a cursor has computed; null is nobody.</param>
internal sealed class FeatureMap(Network network, string column, int threads, IProgress<long>? progress) : FaceMap, IDisposable
{
    /// <summary>Most faces that go through the backbone together.</summary>
    private const int LargestBatch = 64;

    private readonly Lock _lock = new();
    private WorkerPool? _pool;
    private NetworkExecutor? _executor;
    private bool _isDisposed;

    internal Network Network => network;

    internal override int Length => network.Output.Length;

    internal override void AddColumns(DataViewSchema.Builder schema) =>
        schema.AddColumn(column, new VectorDataViewType(NumberDataViewType.Single, Length));

    internal override float[] Compute(ReadOnlySpan<float> faces, int count)
    {
        var features = new float[count * Length];
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _pool ??= new WorkerPool(threads);
            _executor ??= new NetworkExecutor(network, InferenceBatch.For(network, LargestBatch), training: false, _pool, frozen: true);
            for (int first = 0; first < count; first += _executor.BatchSize)
            {
                int part = Math.Min(_executor.BatchSize, count - first);
                faces.Slice(first * Face.PixelCount, part * Face.PixelCount).CopyTo(_executor.Input);
                _executor.Forward(part);
                _executor.Output[..(part * Length)].CopyTo(features.AsSpan(first * Length));
            }
        }
        return features;
    }

    internal override Delegate Getter(int column, Func<ReadOnlyMemory<float>> values) =>
        new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
        {
            var editor = VBufferEditor.Create(ref value, Length);
            values().Span.CopyTo(editor.Values);
            value = editor.Commit();
        });

    internal override void Report(long rows) => progress?.Report(rows);

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _executor?.Dispose();
            _pool?.Dispose();
        }
    }
}
