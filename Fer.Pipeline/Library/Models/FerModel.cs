using System.Numerics;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Models;

/// <summary>
/// A saved model, ready to predict. One call at a time runs; several threads may call.
/// <code>
/// using var model = FerModel.Load("artifacts/demo/model.zip");
/// FerPrediction prediction = model.Predict(pixels);   // 48 * 48 grey bytes, row by row
/// Console.WriteLine($"{prediction.Label} {prediction.Confidence:P0}");
/// </code>
/// </summary>
public sealed class FerModel : IDisposable
{
    /// <summary>Faces of a pass: enough to keep the threads busy, few enough that the buffers stay small.</summary>
    private const int LargestBatch = 64;

    private readonly Lock _gate = new();
    private readonly Network _network;
    private readonly int _batch;
    private readonly Lazy<WorkerPool> _pool;
    private NetworkExecutor? _executor;
    private bool _isDisposed;

    private FerModel(ModelZip zip, int threads)
    {
        _network = zip.Network;
        // Fewer where a network of another program works on large pictures.
        _batch = InferenceBatch.For(_network, LargestBatch);
        Manifest = zip.Manifest;
        MetricsJson = zip.MetricsJson;
        _pool = new Lazy<WorkerPool>(() => WorkerPool.ForInference(threads));
    }

    /// <summary>Loads a model zip; the file is read once and not held open.</summary>
    /// <param name="path">A <c>model.zip</c>.</param>
    /// <param name="threads">Threads to predict with; 0 is one a processor.</param>
    /// <param name="limits">Limits on what its network may require; null for the defaults.</param>
    /// <exception cref="FerException">The file is missing, no model zip, damaged or altered.</exception>
    public static FerModel Load(string path, int threads = 0, OnnxReadLimits? limits = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var zip = ModelZip.LoadUntried(path, limits);
        var model = new FerModel(zip, threads);
        try
        {
            zip.CheckAnswer(path, model.Predict(MlNetCheck.Samples(1), 1));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A model in memory.</summary>
    internal static FerModel Of(ModelZip zip, int threads) => new(zip, threads);

    /// <summary>Writes the model zip; see <see cref="ModelZip.Save"/>.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <exception cref="FerException">It cannot be written, or ML.NET does not read the same out of it.</exception>
    public void Save(string path) => ModelZip.Save(path, _network, Manifest, MetricsJson);

    /// <summary>What the model says about itself.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>All measurements of the model, as JSON.</summary>
    public string MetricsJson { get; }

    /// <summary>Class names in the order of the probabilities.</summary>
    public IReadOnlyList<string> ClassNames => Manifest.ClassNames;

    /// <summary>The network, for explanation maps and export; not to be changed.</summary>
    public Network Network => _network;

    /// <summary>Predicts one face.</summary>
    /// <param name="face">[48 * 48] grey values 0..255, row by row.</param>
    /// <exception cref="ArgumentException"><paramref name="face"/> is not one face long.</exception>
    public FerPrediction Predict(ReadOnlySpan<byte> face) => FerPrediction.From(ClassNames, Predict(face, 1));

    /// <summary>Predicts many faces at once.</summary>
    /// <param name="faces">[count, 48, 48] grey values 0..255, face after face.</param>
    /// <param name="count">Number of faces.</param>
    /// <returns>[count, classes] probabilities in the order of <see cref="ClassNames"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="faces"/> is not <paramref name="count"/> faces long.</exception>
    public float[] Predict(ReadOnlySpan<byte> faces, int count) => PredictAll(faces, count);

    /// <summary>As <see cref="Predict(ReadOnlySpan{byte}, int)"/>, for pixels between the whole numbers, as resizing gives them.</summary>
    /// <param name="faces">[count, 48, 48] grey values 0..255, face after face.</param>
    /// <param name="count">Number of faces.</param>
    /// <returns>[count, classes] probabilities in the order of <see cref="ClassNames"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="faces"/> is not <paramref name="count"/> faces long.</exception>
    public float[] Predict(ReadOnlySpan<float> faces, int count) => PredictAll(faces, count);

    /// <summary>Predicts every face of a set.</summary>
    /// <returns>[count, classes] probabilities in the order of <see cref="ClassNames"/>.</returns>
    public float[] Predict(FaceSet faces) => Predict(faces, progress: null);

    /// <summary>Predicts every face of a set, and tells how far it is.</summary>
    /// <param name="faces">The faces.</param>
    /// <param name="progress">Hears how many are done, after each batch; null for nobody.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <returns>[count, classes] probabilities in the order of <see cref="ClassNames"/>.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public float[] Predict(FaceSet faces, IProgress<int>? progress, CancellationToken cancellationToken = default)
    {
        var probabilities = new float[faces.Count * ClassNames.Count];
        lock (_gate)
        {
            for (int start = 0; start < faces.Count; start += _batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int n = Math.Min(_batch, faces.Count - start);
                var executor = Executor(n);
                for (int i = 0; i < n; i++) Widen(faces.Pixels(start + i), executor.Input[(i * Face.PixelCount)..]);
                Run(executor, n, probabilities.AsSpan(start * ClassNames.Count));
                progress?.Report(start + n);
            }
        }
        return probabilities;
    }

    /// <summary>Bytes that passes through the network take, kept for the next.</summary>
    internal long BufferBytes => _executor?.PlannedBytes ?? 0;

    /// <summary>Frees the buffers for many faces at once; they come back with the next that are many.</summary>
    internal void ReleaseBatch()
    {
        lock (_gate)
        {
            if (_isDisposed || _executor is null or { BatchSize: 1 }) return;
            _executor.Dispose();
            _executor = null;
        }
    }

    /// <summary>Frees the buffers and ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _executor?.Dispose();
            if (_pool.IsValueCreated) _pool.Value.Dispose();
        }
    }

    private float[] PredictAll<T>(ReadOnlySpan<T> faces, int count) where T : INumberBase<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (faces.Length != count * (long)Face.PixelCount)
            throw new ArgumentException($"{faces.Length} values are not {count} faces of {Face.Side}x{Face.Side} grey pixels.",
                nameof(faces));
        var probabilities = new float[count * ClassNames.Count];
        lock (_gate)
        {
            for (int start = 0; start < count; start += _batch)
            {
                int n = Math.Min(_batch, count - start);
                var executor = Executor(n);
                Widen(faces.Slice(start * Face.PixelCount, n * Face.PixelCount), executor.Input);
                Run(executor, n, probabilities.AsSpan(start * ClassNames.Count));
            }
        }
        return probabilities;
    }

    /// <summary>
    /// An executor for at least <paramref name="count"/> faces: small for who predicts face by face, grown once for who comes with many.
    /// </summary>
    private NetworkExecutor Executor(int count)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_executor is not null && _executor.BatchSize >= count) return _executor;
        _executor?.Dispose();
        _executor = null;
        return _executor = new NetworkExecutor(_network, count == 1 ? 1 : _batch, training: false, _pool.Value, frozen: true);
    }

    private void Run(NetworkExecutor executor, int count, Span<float> probabilities)
    {
        executor.Forward(count);
        executor.Output[..(count * ClassNames.Count)].CopyTo(probabilities);
    }

    private static void Widen<T>(ReadOnlySpan<T> pixels, Span<float> values) where T : INumberBase<T>
    {
        for (int i = 0; i < pixels.Length; i++) values[i] = float.CreateTruncating(pixels[i]);
    }
}
