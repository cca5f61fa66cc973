using System.Diagnostics;
using System.Runtime.InteropServices;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Training;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>
/// A network in training on one of TorchSharp's devices. Where a batch is too large for the card's memory, it goes through in parts whose
/// gradients add up, and so do all that follow; batch normalisation then measures each part by itself.
/// </summary>
internal sealed class TorchNetwork : IDeviceNetwork
{
    private readonly TorchPlace _place;
    private readonly Network _network;
    private readonly int _batchSize, _classes;
    private readonly ImageClassificationTrainer.Options _options;
    private readonly TorchWeights _weights;
    private readonly TorchOptimizer _optimizer;
    private readonly float[] _logits;
    private readonly torch.Tensor _targets;
    private TorchWeights? _scored;
    private TorchGraph? _graph, _scoring;
    private TorchInput? _input, _scoringInput;

    internal TorchNetwork(TorchPlace place, Network network, int batchSize, ImageClassificationTrainer.Options options)
    {
        if (network.Inputs.Count != 1 || network.Outputs.Count != 1)
            throw new FerException($"{network.Architecture} has several inputs or outputs and is not trained on a device.");
        (_place, _network, _batchSize, _options) = (place, network, batchSize, options);
        TorchGraph.Check(network);
        if (place.Device.type == DeviceType.CPU) TorchCheck.Convolutions(network);
        _classes = network.Output.Length;
        _logits = new float[batchSize * _classes];
        _weights = new TorchWeights(network.Parameters, place.Device, learns: true);
        _optimizer = new TorchOptimizer(network.Parameters, _weights, place.Device);
        _targets = torch.zeros([batchSize, _classes], torch.float32).DetachFromDisposeScope();
    }

    public ReadOnlySpan<float> Logits => _logits;

    /// <summary>If not null, hears the parts of each pass before it.</summary>
    internal Action<int>? Passing { get; set; }

    /// <summary>Parts that a batch goes through in; more than one where the card has too little memory.</summary>
    internal int Parts { get; private set; } = 1;

    public void Take(Optimizer optimizer, ExponentialMovingAverage? average)
    {
        _weights.Take();
        _optimizer.Take(optimizer, average);
    }

    public void Give(Optimizer optimizer, ExponentialMovingAverage? average)
    {
        _weights.Give();
        _optimizer.Give(optimizer, average);
    }

    public void Resize(int side)
    {
        var sized = _network.AtInput(_network.Input with { Height = side, Width = side });
        _graph?.Dispose();
        _graph = null;
        _graph = new TorchGraph(sized, _weights, _place, training: true);
        _input?.Dispose();
        _input = new TorchInput(sized.Input, _batchSize, _place.Device);
    }

    public float Learn(FaceBatch batch, Optimizer optimizer, ExponentialMovingAverage? average, float rate, long number)
    {
        var (graph, input) = (_graph ?? throw new InvalidOperationException("Call Resize first."), _input!);
        _optimizer.Prepare(optimizer);
        using var scope = torch.NewDisposeScope();
        var pixels = input.Load(batch.Pixels, batch.Count);
        MemoryMarshal.AsBytes(batch.Targets).CopyTo(_targets.bytes);
        var targets = _targets.narrow(0, 0, batch.Count).to(_place.Device);
        float loss;
        while (true)
        {
            // A part that had no room leaves statistics of those before it.
            using var statistics = _weights.Values.narrow(0, _network.Parameters.TrainableLength,
                _network.Parameters.Length - _network.Parameters.TrainableLength).clone();
            torch.manual_seed(IDeviceNetwork.DropoutSeed(_options.Seed, number) >>> 1);
            try
            {
                Passing?.Invoke(Parts);
                loss = Pass(graph, pixels, targets, batch.Count);
                break;
            }
            catch (ExternalException e) when (IsOutOfMemory(e) && Parts < batch.Count)
            {
                Parts *= 2;
                using var noGradient = torch.no_grad();
                _weights.Values.narrow(0, _network.Parameters.TrainableLength, statistics.numel()).copy_(statistics);
            }
        }
        if (!float.IsFinite(loss)) return loss;
        if (_options.GradientClipping > 0)
        {
            using var noGradient = torch.no_grad();
            float norm = _weights.Gradients!.norm().item<float>();
            if (!float.IsFinite(norm)) return norm;
            float scale = _options.GradientClipping / (norm + 1e-6f);
            if (scale < 1) _weights.Gradients.mul_(scale);
        }
        _optimizer.Step(optimizer, average, rate);
        return loss;
    }

    /// <summary>A batch through the network and back, in parts; gives the mean loss and leaves the gradients and the logits.</summary>
    private float Pass(TorchGraph graph, torch.Tensor pixels, torch.Tensor targets, int count)
    {
        using (torch.no_grad()) _weights.Gradients!.zero_();
        using var total = torch.zeros([1], torch.float32, _place.Device);
        int each = (count + Parts - 1) / Parts;
        float keep = 1 - _options.LabelSmoothing, spread = _options.LabelSmoothing / _classes;
        for (int start = 0; start < count; start += each)
        {
            using var scope = torch.NewDisposeScope();
            int n = Math.Min(each, count - start);
            var logits = graph.Run(pixels.narrow(0, start, n)).flatten(1).@float();
            var wanted = targets.narrow(0, start, n).mul(keep).add_(spread);
            var loss = wanted.mul(logits.log_softmax(1)).sum().mul(-1f / count);
            loss.backward();
            using var noGradient = torch.no_grad();
            total.add_(loss.detach());
            TorchWeights.Download(logits.detach().flatten(), _logits.AsSpan(start * _classes, n * _classes));
        }
        return total.item<float>();
    }

    /// <summary>True for what a card without room says.</summary>
    internal static bool IsOutOfMemory(Exception fault) => fault.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    public ModelScores Score(TrainingInput input, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        var faces = input.Faces;
        _scored ??= new TorchWeights(_network.Parameters, _place.Device, learns: false);
        _scored.Take();
        _scoring ??= new TorchGraph(_network, _scored, _place, training: false);
        int batchSize = Math.Min(_batchSize, faces.Count), done = 0;
        _scoringInput ??= new TorchInput(_network.Input, _batchSize, _place.Device);
        var logits = new float[faces.Count * _classes];
        using var loader = input.Load(new Training.BatchLoaderOptions { BatchSize = batchSize, Side = _network.Input.Height });
        using var noGradient = torch.no_grad();
        while (loader.Next() is { } batch)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            var output = _scoring.Run(_scoringInput.Load(batch.Pixels, batch.Count)).flatten().@float();
            TorchWeights.Download(output, logits.AsSpan(done * _classes, batch.Count * _classes));
            done += batch.Count;
        }
        return new ModelScores(logits, faces.Count, _classes, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    public void Dispose()
    {
        _graph?.Dispose();
        _scoring?.Dispose();
        _input?.Dispose();
        _scoringInput?.Dispose();
        _targets.Dispose();
        _optimizer.Dispose();
        _scored?.Dispose();
        _weights.Dispose();
    }
}
