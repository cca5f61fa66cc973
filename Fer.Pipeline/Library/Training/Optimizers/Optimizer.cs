using Fer.Pipeline.Engine;

namespace Fer.Pipeline.Training;

/// <summary>
/// Updates the trainable parameters of a network from their gradients. Every value is updated independently, with the same order of
/// operations wherever it is stored, so the result does not depend on the thread count. Weight decay applies to <see
/// cref="ParameterKind.Weight"/> only. An optimizer belongs to one network: its state is allocated at the first step.
/// </summary>
internal abstract class Optimizer
{
    // 16 K values are 64 KB: large compared with the cost of handing out a block, small compared with a layer, so that threads finish
    // together.
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
        if (!(weightDecay >= 0)) throw new FerUsageException($"Weight decay must be at least 0, not {weightDecay}.");
        WeightDecay = weightDecay;
        _work = Work;
    }

    /// <summary>Weight decay on weights; 0 is none.</summary>
    public float WeightDecay { get; }

    /// <summary>Steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// The arrays that the optimizer keeps in addition to the parameters, each as long as the trainable values; a saved state stores them
    /// in this order.
    /// </summary>
    protected abstract float[][] State { get; }

    /// <summary>Allocates the state.</summary>
    /// <param name="length">Number of trainable values.</param>
    protected abstract void Allocate(int length);

    /// <summary>Called once per step before any value is updated; <see cref="Steps"/> already includes the step.</summary>
    protected abstract void Prepare(float learningRate);

    /// <summary>Updates one block of values.</summary>
    /// <param name="values">The values to change.</param>
    /// <param name="gradients">Where the block starts in the state's arrays.</param>
    /// <param name="offset">Where the run starts in the state's arrays.</param>
    /// <param name="decay">Weight decay of the block.</param>
    /// <param name="factor">Multiplies the step: the parameter's <see cref="NetworkParameter.LearningRateFactor"/>, above 0.</param>
    protected abstract void Update(Span<float> values, ReadOnlySpan<float> gradients, int offset, float decay, float factor);

    /// <summary>Takes one step.</summary>
    /// <param name="parameters">The network's parameters with the gradients of a backward pass; the same set in every call.</param>
    /// <param name="learningRate">Learning rate of this step.</param>
    /// <param name="pool">Threads to share the work, or null for the calling thread alone.</param>
    /// <exception cref="InvalidOperationException">The state belongs to a network of another size.</exception>
    public void Step(ParameterSet parameters, float learningRate, WorkerPool? pool = null)
    {
        Begin(parameters, learningRate);
        _threads = pool?.Threads ?? 1;
        if (pool is null) Work(0);
        else pool.Run(_work);
    }

    /// <summary>Begins a step that a device takes instead of <see cref="Step"/>, and tells what it does.</summary>
    internal OptimizerStep Begin(ParameterSet parameters, float learningRate)
    {
        if (_parameters != parameters) Attach(parameters);
        Steps++;
        Prepare(learningRate);
        return Current;
    }

    /// <summary>The arrays of the state, for a device to read and write, each as long as the trainable values.</summary>
    internal IReadOnlyList<float[]> StateOf(ParameterSet parameters)
    {
        if (_parameters != parameters) Attach(parameters);
        return State;
    }

    /// <summary>What the step does that was prepared last.</summary>
    protected abstract OptimizerStep Current { get; }

    /// <summary>Writes the state, from which <see cref="Restore"/> resumes exactly.</summary>
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
    /// <param name="reader">Reads the state.</param>
    /// <param name="trainableLength">Trainable values of the network it must belong to; checked before memory is allocated.</param>
    /// <exception cref="FerException">It is the state of another optimizer or network, or is truncated.</exception>
    public void Restore(BinaryReader reader, int trainableLength)
    {
        try
        {
            string name = reader.ReadString();
            if (name != GetType().Name)
                throw new FerException(
                    $"The stored optimizer is '{name}', not {GetType().Name}; use the optimizer that the run started with.");
            int version = reader.ReadInt32();
            if (version != StateVersion)
                throw new FerException($"The stored optimizer has version {version}; this program reads {StateVersion}.");
            long steps = reader.ReadInt64();
            if (steps < 0) throw new FerException($"The stored optimizer took {steps} steps; the file is damaged.");
            RestoreScalars(reader);
            int arrays = reader.ReadInt32();
            if (arrays != 0 || steps > 0) Allocate(trainableLength);
            if (arrays != State.Length)
                throw new FerException($"The stored optimizer has {arrays} arrays, not {State.Length}; the file is damaged.");
            foreach (float[] array in State) StateArray.Read(reader, array);
            Steps = steps;
            _parameters = null;
        }
        catch (EndOfStreamException e)
        {
            throw new FerException("The stored optimizer is truncated; the file is damaged.", e);
        }
    }

    /// <summary>Writes scalars that belong to the state.</summary>
    protected virtual void SaveScalars(BinaryWriter writer) { }

    /// <summary>Reads what <see cref="SaveScalars"/> wrote.</summary>
    protected virtual void RestoreScalars(BinaryReader reader) { }

    private void Attach(ParameterSet parameters)
    {
        if (State.Length == 0) Allocate(parameters.TrainableLength);
        if (State.Any(a => a.Length != parameters.TrainableLength))
            throw new InvalidOperationException(
                $"The optimizer's state belongs to another network, not to one of {parameters.TrainableLength} values.");
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
