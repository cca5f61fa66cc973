using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Training;

/// <summary>
/// Steps the trainable parameters of a network along their gradients. Every value is updated by itself, in the same order of operations
/// wherever it lies, so the result does not depend on the thread count. Weight decay touches <see cref="ParameterKind.Weight"/> alone.
/// An optimizer belongs to one network: its state grows with the first step.
/// </summary>
public abstract class Optimizer
{
    // 16 K values are 64 KB: large against the cost of handing out a block, small against a layer, so that threads end together.
    private const int BlockLength = 1 << 14;
    private const int StateVersion = 1;

    private readonly Action<int> _work;
    private (int Offset, int Length, NetworkParameter Parameter)[] _blocks = [];
    private ParameterSet? _parameters;
    private int _threads = 1;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="weightDecay">Weight decay, at least 0.</param>
    /// <exception cref="FerUsageException"><paramref name="weightDecay"/> is negative or not a number.</exception>
    protected Optimizer(float weightDecay)
    {
        if (!(weightDecay >= 0)) throw new FerUsageException($"Weight decay is at least 0, not {weightDecay}.");
        WeightDecay = weightDecay;
        _work = Work;
    }

    /// <summary>Weight decay on weights; 0 is none.</summary>
    public float WeightDecay { get; }

    /// <summary>Steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>The arrays that the optimizer keeps beside the parameters, each as long as the trainable values; a stored state holds them in this order.</summary>
    protected abstract float[][] State { get; }

    /// <summary>Takes the state's memory.</summary>
    /// <param name="length">Trainable values.</param>
    protected abstract void Allocate(int length);

    /// <summary>Called once a step before any value is touched; <see cref="Steps"/> counts the step already.</summary>
    protected abstract void Prepare(float learningRate);

    /// <summary>Updates one run of values.</summary>
    /// <param name="values">The values to change.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="offset">Where the run starts in the state's arrays.</param>
    /// <param name="decay">Weight decay of the run.</param>
    /// <param name="factor">What the step is multiplied by: the parameter's <see cref="NetworkParameter.LearningRateFactor"/>, above 0.</param>
    protected abstract void Update(Span<float> values, ReadOnlySpan<float> gradients, int offset, float decay, float factor);

    /// <summary>Takes one step.</summary>
    /// <param name="parameters">The network's parameters with the gradients of a backward pass; the same set in every call.</param>
    /// <param name="learningRate">Learning rate of this step.</param>
    /// <param name="pool">Threads to share the work, or null for the caller's alone.</param>
    /// <exception cref="InvalidOperationException">The state belongs to a network of another size.</exception>
    public void Step(ParameterSet parameters, float learningRate, WorkerPool? pool = null)
    {
        if (_parameters != parameters) Attach(parameters);
        Steps++;
        Prepare(learningRate);
        _threads = pool?.Threads ?? 1;
        if (pool is null) Work(0);
        else pool.Run(_work);
    }

    /// <summary>Writes the state, from which <see cref="Restore"/> goes on as if there had been no break.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(GetType().Name);
        writer.Write(StateVersion);
        writer.Write(Steps);
        SaveScalars(writer);
        writer.Write(State.Length);
        foreach (float[] array in State) StateArray.Write(writer, array);
    }

    /// <summary>Reads a state that <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Where the state stands.</param>
    /// <param name="trainableLength">Trainable values of the network it must belong to; checked before memory is taken.</param>
    /// <exception cref="FerException">It is the state of another optimizer or network, or is cut short.</exception>
    public void Restore(BinaryReader reader, int trainableLength)
    {
        try
        {
            string name = reader.ReadString();
            if (name != GetType().Name) throw new FerException($"The stored optimizer is '{name}', not {GetType().Name}; use the optimizer that the run began with.");
            int version = reader.ReadInt32();
            if (version != StateVersion) throw new FerException($"The stored optimizer has version {version}; this program reads {StateVersion}.");
            long steps = reader.ReadInt64();
            if (steps < 0) throw new FerException($"The stored optimizer took {steps} steps; the file is damaged.");
            RestoreScalars(reader);
            int arrays = reader.ReadInt32();
            if (arrays != 0 || steps > 0) Allocate(trainableLength);
            if (arrays != State.Length) throw new FerException($"The stored optimizer has {arrays} arrays, not {State.Length}; the file is damaged.");
            foreach (float[] array in State) StateArray.Read(reader, array);
            Steps = steps;
            _parameters = null;
        }
        catch (EndOfStreamException e)
        {
            throw new FerException("The stored optimizer is cut short; the file is damaged.", e);
        }
    }

    /// <summary>Writes numbers that belong to the state beside its arrays.</summary>
    protected virtual void SaveScalars(BinaryWriter writer) { }

    /// <summary>Reads what <see cref="SaveScalars"/> wrote.</summary>
    protected virtual void RestoreScalars(BinaryReader reader) { }

    private void Attach(ParameterSet parameters)
    {
        if (State.Length == 0) Allocate(parameters.TrainableLength);
        if (State.Any(a => a.Length != parameters.TrainableLength))
            throw new InvalidOperationException($"The optimizer's state is for another network than one of {parameters.TrainableLength} values.");
        var blocks = new List<(int, int, NetworkParameter)>();
        foreach (var parameter in parameters.Where(p => p.IsTrainable))
            for (int start = 0; start < parameter.Length; start += BlockLength)
                blocks.Add((parameter.Offset + start, Math.Min(BlockLength, parameter.Length - start), parameter));
        _blocks = [.. blocks];
        _parameters = parameters;
    }

    private void Work(int thread)
    {
        Span<float> values = _parameters!.Trainable;
        ReadOnlySpan<float> gradients = _parameters.Gradients;
        for (int b = thread; b < _blocks.Length; b += _threads)
        {
            var (offset, length, parameter) = _blocks[b];
            if (parameter.LearningRateFactor == 0) continue;
            float decay = parameter.Kind == ParameterKind.Weight ? WeightDecay : 0f;
            Update(values.Slice(offset, length), gradients.Slice(offset, length), offset, decay, parameter.LearningRateFactor);
        }
    }
}
