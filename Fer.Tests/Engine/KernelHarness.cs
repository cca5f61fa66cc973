using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

/// <summary>Runs a single operation, with inputs and outputs in [batch, channels, height, width] order.</summary>
internal sealed unsafe class KernelHarness : IDisposable
{
    private readonly List<NativeBuffer> _buffers = [];
    private readonly WorkerPool _pool;
    private readonly Kernel _kernel;
    private readonly Shape[] _shapes;
    private readonly int _batch;

    internal KernelHarness(Operation operation, Shape[] inputs, int batch, InstructionSet set, int threads = 2, bool training = true,
        bool allowsWinograd = true, bool frozen = false)
    {
        _pool = new WorkerPool(threads, set) { AllowsWinograd = allowsWinograd };
        _shapes = inputs;
        _batch = batch;
        Output = operation.OutputShape(inputs);
        Parameters = new ParameterSet(operation.Parameters);
        var setup = new KernelSetup(inputs, Output, batch, training, _pool, frozen);
        _kernel = set switch
        {
            InstructionSet.Vector512 => operation.CreateKernel<Simd512>(setup),
            InstructionSet.Vector256 => operation.CreateKernel<Simd256>(setup),
            InstructionSet.Vector128 => operation.CreateKernel<Simd128>(setup),
            _ => operation.CreateKernel<Simd1>(setup),
        };
        _kernel.Inputs = new float*[inputs.Length];
        _kernel.InputGradients = new float*[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            _kernel.Inputs[i] = Floats(inputs[i]);
            _kernel.InputGradients[i] = Floats(inputs[i]);
        }
        _kernel.Output = Floats(Output);
        _kernel.OutputGradient = Floats(Output);
        _kernel.Accumulate = new bool[inputs.Length];
        _kernel.Saved = Allocate(_kernel.SavedBytes);
        _kernel.SharedScratch = Allocate(_kernel.SharedScratchBytes);
        _kernel.ThreadScratch = new byte*[threads];
        for (int t = 0; t < threads; t++) _kernel.ThreadScratch[t] = Allocate(_kernel.ThreadScratchBytes);
    }

    internal static InstructionSet[] AllSets => Enum.GetValues<InstructionSet>();

    internal Shape Output { get; }
    internal ParameterSet Parameters { get; }
    internal Kernel Kernel => _kernel;

    internal float[] Forward(params float[][] inputs)
    {
        for (int i = 0; i < inputs.Length; i++) ToChannelsLast(inputs[i], _kernel.Inputs[i], _shapes[i]);
        _kernel.Prepare();
        _kernel.Forward(_batch, 11);
        return FromChannelsLast(_kernel.Output, Output);
    }

    internal float[][] Backward(float[] outputGradient, bool accumulateOnOnes = false)
    {
        ToChannelsLast(outputGradient, _kernel.OutputGradient, Output);
        for (int i = 0; i < _shapes.Length; i++)
        {
            _kernel.Accumulate[i] = accumulateOnOnes;
            new Span<float>(_kernel.InputGradients[i], _batch * _shapes[i].Length).Fill(accumulateOnOnes ? 1f : float.NaN);
        }
        _kernel.Backward();
        var gradients = new float[_shapes.Length][];
        for (int i = 0; i < _shapes.Length; i++) gradients[i] = FromChannelsLast(_kernel.InputGradients[i], _shapes[i]);
        return gradients;
    }

    public void Dispose()
    {
        _buffers.ForEach(b => b.Dispose());
        _pool.Dispose();
    }

    internal static float[] Random(int length, int seed)
    {
        var random = new Fer.Pipeline.RandomStream(seed);
        var values = new float[length];
        foreach (ref float value in values.AsSpan()) value = (float)random.NextGaussian();
        return values;
    }

    private byte* Allocate(long bytes)
    {
        var buffer = new NativeBuffer(bytes);
        // A kernel that reads scratch it never wrote produces NaN.
        new Span<byte>(buffer.Pointer, (int)bytes).Fill(0xFF);
        _buffers.Add(buffer);
        return buffer.Pointer;
    }

    private float* Floats(Shape shape) => (float*)Allocate((long)_batch * shape.Length * sizeof(float));

    private void ToChannelsLast(float[] source, float* target, Shape shape)
    {
        Assert.Equal(_batch * shape.Length, source.Length);
        for (int n = 0; n < _batch; n++)
            for (int c = 0; c < shape.Channels; c++)
                for (int p = 0; p < shape.Area; p++)
                    target[n * shape.Length + p * shape.Channels + c] = source[n * shape.Length + c * shape.Area + p];
    }

    private float[] FromChannelsLast(float* source, Shape shape)
    {
        var target = new float[_batch * shape.Length];
        for (int n = 0; n < _batch; n++)
            for (int c = 0; c < shape.Channels; c++)
                for (int p = 0; p < shape.Area; p++)
                    target[n * shape.Length + c * shape.Area + p] = source[n * shape.Length + p * shape.Channels + c];
        return target;
    }
}
