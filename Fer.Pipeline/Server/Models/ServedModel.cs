using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;

namespace Fer.Server;

/// <summary>A model that answers requests: itself, and itself over fewer views for when there is no time for all.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    private readonly FerModel[] _steps;
    private readonly bool _ownsModel;
    private readonly int _threads;
    private readonly Lock _explaining = new();
    private GradCam? _explainer;

    /// <param name="name">What requests call it.</param>
    /// <param name="model">The model.</param>
    /// <param name="ownsModel">True to dispose it in the end.</param>
    /// <param name="options">Threads and batches.</param>
    /// <param name="metrics">What is counted.</param>
    /// <param name="time">The clock.</param>
    internal ServedModel(string name, FerModel model, bool ownsModel, ServeOptions options, ServerMetrics metrics, TimeProvider time)
    {
        (Name, Model, _ownsModel, _threads) = (name, model, ownsModel, options.Threads);
        var steps = ViewSteps.Of(model.Network);
        Views = [.. steps.Select(step => step.Views)];
        // The last step is the model as it is.
        _steps = [.. steps.SkipLast(1).Select(step => FerModel.Of(new(step.Network, model.Manifest, model.MetricsJson), _threads)), model];
        Batcher = new FaceBatcher((faces, count, views) => _steps[Step(views)].Predict(faces, count), model.ClassNames.Count, options,
            metrics, time);
    }

    internal string Name { get; }

    internal FerModel Model { get; }

    /// <summary>Numbers of views that it can look at a face with, fewest first; the last is all of them.</summary>
    internal IReadOnlyList<int> Views { get; }

    internal FaceBatcher Batcher { get; }

    /// <summary>Runs each step once: the first pass packs its weights, which a live answer has no time for.</summary>
    internal void WarmUp()
    {
        foreach (var step in _steps) step.Predict(new byte[Fer.Pipeline.Faces.Face.PixelCount], 1);
    }

    /// <summary>Where in a face the evidence for a class is.</summary>
    /// <exception cref="RequestProblem">The network has no convolutions to explain (422).</exception>
    internal ExplanationMap Explain(byte[] face, int classIndex)
    {
        lock (_explaining)
        {
            try
            {
                _explainer ??= new GradCam(Model.Network, _threads);
            }
            catch (Fer.Pipeline.FerException e)
            {
                throw RequestProblem.Unprocessable(e.Message);
            }
            return _explainer.Explain(face, classIndex);
        }
    }

    /// <summary>Frees the buffers for many faces at once, until they are needed again.</summary>
    internal void ReleaseBatches()
    {
        foreach (var step in _steps) step.ReleaseBatch();
    }

    public async ValueTask DisposeAsync()
    {
        await Batcher.DisposeAsync().ConfigureAwait(false);
        lock (_explaining) _explainer?.Dispose();
        foreach (var step in _steps.SkipLast(1)) step.Dispose();
        if (_ownsModel) Model.Dispose();
    }

    private int Step(int views)
    {
        for (int i = 0; i < Views.Count; i++)
            if (Views[i] == views) return i;
        return _steps.Length - 1;
    }
}
