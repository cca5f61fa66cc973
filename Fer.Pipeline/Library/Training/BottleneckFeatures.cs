using System.Globalization;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Pipeline.Training;

/// <summary>
/// The features of a set of faces: what a frozen backbone gives at its tap, computed once in batches over all threads or taken from the
/// cache.
/// </summary>
/// <param name="Faces">The faces.</param>
/// <param name="Values">[count, length] features.</param>
/// <param name="Length">Features of a face.</param>
internal sealed record BottleneckFeatures(FaceSet Faces, float[] Values, int Length)
{
    /// <summary>Most faces that go through the backbone together.</summary>
    internal const int LargestBatch = 64;

    /// <summary>Faces whose features are kept together, which is whole batches.</summary>
    internal const int PartFaces = 64 * LargestBatch;

    /// <summary>The features of one face.</summary>
    internal ReadOnlySpan<float> Row(int face) => Values.AsSpan(face * Length, Length);

    /// <summary>Computes or reads the features.</summary>
    /// <param name="network">From grey pixels to the features.</param>
    /// <param name="faces">The faces.</param>
    /// <param name="dataset">Which set they are.</param>
    /// <param name="options">The trainer's options: cache, callback, time.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="cancellation">Looked at before each batch.</param>
    /// <exception cref="SlowFeaturesException">The features would take longer than the time budget.</exception>
    /// <exception cref="FerException">They would take more memory than an array holds.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static BottleneckFeatures Compute(
        Network network, FaceSet faces, BottleneckDataset dataset, ImageClassificationTrainer.Options options, WorkerPool pool,
        CancellationToken cancellation)
    {
        int length = network.Output.Length;
        if ((long)faces.Count * length > Array.MaxLength)
            throw new FerException($"{faces.Count} faces with {length} features each are more than fits into memory. Take fewer faces.");
        long start = options.Clock.GetTimestamp();
        var cache = (options.BottleneckFolder ?? options.WorkspacePath) is { } folder ? new BottleneckCache(folder) : null;
        byte[] hash = cache is null ? [] : BottleneckCache.HashOf(network);
        bool reuse = dataset == BottleneckDataset.Validation ? options.ReuseValidationSetBottleneckCachedValues
            : options.ReuseTrainSetBottleneckCachedValues;
        var values = new float[faces.Count * length];
        int done = 0, computed = 0, compiled = 0;
        long timedFrom = 0;
        NetworkExecutor? executor = null;
        try
        {
            // In parts, each kept when it is done: who stops in the middle goes on from there.
            while (done < faces.Count)
            {
                int first = done, count = Math.Min(PartFaces, faces.Count - first);
                var part = count == faces.Count ? faces : faces.Select([.. Enumerable.Range(first, count)]);
                byte[] key = cache is null ? [] : BottleneckCache.Key(part, hash, options.Winograd);
                if (reuse && cache?.Read(key, count, length) is { } cached)
                {
                    cached.CopyTo(values, first * length);
                    done += count;
                    if (computed > 0 || done == faces.Count) Report(done, fromCache: computed == 0);
                    continue;
                }
                executor ??= new NetworkExecutor(
                    network, InferenceBatch.For(network, Math.Min(LargestBatch, faces.Count)), training: false, pool, frozen: true);
                Work(executor, part);
                if (cache is not null) Keep(key, values.AsSpan(first * length, count * length).ToArray(), count);
            }
        }
        finally
        {
            executor?.Dispose();
        }
        return new BottleneckFeatures(faces, values, length);

        void Work(NetworkExecutor executor, FaceSet part)
        {
            var batches = new BatchLoaderOptions { BatchSize = executor.BatchSize, Side = network.Input.Height };
            using var loader = new BatchLoader(part, batches);
            while (loader.Next() is { } batch)
            {
                cancellation.ThrowIfCancellationRequested();
                batch.Pixels.CopyTo(executor.Input);
                executor.Forward(batch.Count);
                executor.Output[..(batch.Count * length)].CopyTo(values.AsSpan(done * length));
                done += batch.Count;
                computed += batch.Count;
                // The first batch compiles the kernels.
                if (compiled == 0) (compiled, timedFrom) = (computed, options.Clock.GetTimestamp());
                int timed = 3 * executor.BatchSize;
                if (computed >= timed && computed - batch.Count < timed) CheckTime();
                Report(done, fromCache: false);
            }
        }

        void Keep(byte[] key, float[] part, int count)
        {
            try
            {
                cache.Write(key, count, length, part);
            }
            catch (UnwritableException e)
            {
                // They can be computed again.
                options.MetricsCallback?.Invoke(new ImageClassificationMetrics { Warning = e.Message });
                cache = null;
            }
        }

        void Report(int done, bool fromCache) => options.MetricsCallback?.Invoke(new ImageClassificationMetrics
        {
            Bottleneck = new BottleneckMetrics(dataset, done, faces.Count, options.Clock.GetElapsedTime(start), fromCache),
        });

        void CheckTime()
        {
            double speed = (computed - compiled) / Math.Max(1e-9, options.Clock.GetElapsedTime(timedFrom).TotalSeconds);
            var whole = TimeSpan.FromSeconds((faces.Count - (done - computed)) / speed);
            if (options.TimeBudget is not { } budget) return;
            // A teacher is for the training, which wants the better part of the time.
            bool isTeacher = dataset == BottleneckDataset.Teacher;
            if (whole <= (isTeacher ? budget / 2 : budget)) return;
            string what = isTeacher ? "The teacher's predictions for" : "The features of", instead = isTeacher
                ? "a teacher of fewer views or a narrower one" : "a smaller ResizeTo, or another backbone";
            throw new SlowFeaturesException(speed, string.Create(CultureInfo.InvariantCulture,
                $"{what} {faces.Count} faces take about {whole.TotalMinutes:F1} minutes on this machine, " +
                $"and the time budget is {budget.TotalMinutes:F1}. Give more time, {instead}."));
        }
    }
}
