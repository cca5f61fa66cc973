using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Server;
using Fer.Tests.Models;

namespace Fer.Tests.Server;

public sealed class FaceBatcherTests : IDisposable
{
    private readonly TestModels _models = new();
    private readonly FerModel _model;
    private readonly ServerMetrics _metrics = new();

    public FaceBatcherTests() => _model = FerModel.Load(_models.Save(), 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _model.Dispose();
        _models.Dispose();
    }

    private FaceBatcher Batcher(int most, double wait) =>
        new((faces, count, _) => _model.Predict(faces, count), _model.ClassNames.Count,
            new ServeOptions { MaxBatch = most, MaxWaitMilliseconds = wait }, _metrics, TimeProvider.System);

    private static byte[] Faces(int count, int first)
    {
        var faces = new byte[count * Face.PixelCount];
        for (int i = 0; i < faces.Length; i++) faces[i] = (byte)(i * 7 + (first + i / Face.PixelCount) * 31);
        return faces;
    }

    private string Batches() => _metrics.ToPrometheus(new RequestLimiter(1, 1), new ByteBudget(1), droppedLogLines: 0);

    [Fact]
    public async Task Each_gets_the_answer_of_its_own_faces()
    {
        await using var batcher = Batcher(8, 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => batcher.ClassifyAsync(Faces(1 + i % 3, i), 1, Cancel)));
        for (int i = 0; i < answers.Length; i++)
        {
            float[] expected = _model.Predict(Faces(1 + i % 3, i), 1 + i % 3);
            Assert.Equal(expected.Length, answers[i].Probabilities.Length);
            for (int k = 0; k < expected.Length; k++) Assert.Equal(expected[k], answers[i].Probabilities[k], 1e-5f);
        }
    }

    [Fact]
    public async Task Faces_wait_for_those_that_are_on_their_way_and_go_together()
    {
        await using var batcher = Batcher(8, 10_000);
        using var coming = batcher.Announce();
        var first = batcher.ClassifyAsync(Faces(3, 0), 1, Cancel);
        await Task.Delay(30, Cancel);
        Assert.False(first.IsCompleted);
        var second = batcher.ClassifyAsync(Faces(5, 1), 1, Cancel);
        await Task.WhenAll(first, second);
        Assert.Contains("fer_batch_faces_sum 8\nfer_batch_faces_count 1\n", Batches());
    }

    [Fact]
    public async Task Faces_of_different_numbers_of_views_go_apart()
    {
        var passes = new List<(int Count, int Views)>();
        await using var batcher = new FaceBatcher((faces, count, views) =>
        {
            lock (passes) passes.Add((count, views));
            return new float[count];
        }, 1, new ServeOptions { MaxBatch = 8, MaxWaitMilliseconds = 10_000 }, _metrics, TimeProvider.System);
        var coming = batcher.Announce();
        Task[] all = [.. new[] { 5, 5, 10, 5 }.Select(views => batcher.ClassifyAsync(Faces(2, 0), views, Cancel))];
        coming.Dispose();
        await Task.WhenAll(all);
        Assert.Equal(8, passes.Sum(pass => pass.Count));
        Assert.Equal(2, passes.Where(pass => pass.Views == 10).Sum(pass => pass.Count));
    }

    [Fact]
    public async Task A_lone_face_waits_for_nobody()
    {
        await using var batcher = Batcher(8, 1_000_000);
        await batcher.ClassifyAsync(Faces(1, 0), 1, Cancel);
        Assert.Contains("fer_batch_faces_count 1\n", Batches());
    }

    [Fact]
    public async Task More_faces_than_a_batch_holds_go_alone()
    {
        await using var batcher = Batcher(4, 0);
        Assert.Equal(100 * _model.ClassNames.Count, (await batcher.ClassifyAsync(Faces(100, 0), 1, Cancel)).Probabilities.Length);
    }

    [Fact]
    public async Task Who_is_gone_is_not_computed_for_and_ending_finishes_the_rest()
    {
        var batcher = Batcher(8, 10_000);
        using var gone = new CancellationTokenSource();
        var coming = batcher.Announce();
        var first = batcher.ClassifyAsync(Faces(1, 0), 1, gone.Token);
        var second = batcher.ClassifyAsync(Faces(1, 1), 1, Cancel);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await batcher.DisposeAsync();
        coming.Dispose();
        Assert.Equal(_model.ClassNames.Count, (await second).Probabilities.Length);
        await Assert.ThrowsAsync<RequestProblem>(() => batcher.ClassifyAsync(Faces(1, 2), 1, Cancel));
    }

    [Fact]
    public async Task A_failure_reaches_those_who_asked_and_the_next_batch_works()
    {
        await using var batcher = Batcher(8, 0);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => batcher.ClassifyAsync(new byte[Face.PixelCount + 1], 1, Cancel));
        Assert.NotEmpty((await batcher.ClassifyAsync(Faces(1, 0), 1, Cancel)).Probabilities);
    }
}
